-- Complaints of borrowers and lenders, most of them answered within three weeks.
WITH raised AS (
    SELECT k AS complaint_id, CASE WHEN r('complains', k, 10) = 0 THEN NULL ELSE borrower_user(b) END AS user_id,
        CASE WHEN behaviour IN ('default', 'long_late') THEN 'collection'
            ELSE one_of('complaint', k, ['repayment', 'fee', 'disclosure', 'other']) END AS kind,
        disbursed_s + 86400 * (5 + r('complaint_day', k, 100)) + r('complaint_time', k, 80000) AS received_s
    FROM listing WHERE fate = 'disbursed' AND chance('complaint', k, CASE WHEN behaviour IN ('default', 'long_late') THEN 500 ELSE 40 END)
    UNION ALL
    SELECT 1000000000000 + user_id, user_id, one_of('complaint', user_id, ['withdrawal', 'withdrawal', 'disclosure', 'fraud', 'other']),
        registered_s + 86400 * (3 + r('complaint_day', user_id, 200))
    FROM person WHERE person_kind = 'lender' AND is_active AND chance('complaint', user_id, 60)
),
answered AS (
    SELECT *,
        CASE WHEN r('answered', complaint_id, 100) < 94
            THEN received_s + 3600 + 86400 * r('answer_day', complaint_id, 21) + r('answer_time', complaint_id, 30000) END AS resolved_s,
        CASE WHEN r('mistaken', complaint_id, 100) < 2 THEN received_s + 86400 * 2 END AS deleted_s
    FROM raised
)
SELECT
    complaint_id, user_id, kind AS complaint_kind, utc(received_s) AS received_at, if_known(resolved_s, utc(resolved_s)) AS resolved_at,
    if_known(resolved_s, one_of('outcome', complaint_id, ['已解释', '已退费', '已处理', '不成立'])) AS outcome,
    utc(greatest(received_s, coalesce(if_known(resolved_s, resolved_s), 0), coalesce(if_known(deleted_s, deleted_s), 0))) AS updated_at,
    if_known(deleted_s, utc(deleted_s)) AS deleted_at
FROM answered
WHERE is_known(received_s)
ORDER BY complaint_id
