-- Steps by which people show who they are; borrowers are looked at more closely.
WITH step AS (
    SELECT user_id, 1 AS n, 'mobile' AS kind, 'passed' AS outcome, mobile_s AS verified_s FROM person
    UNION ALL
    SELECT user_id, 2, 'real_name', 'failed', real_name_s - 120 FROM person WHERE real_name_s IS NOT NULL AND chance('misspelt', user_id, 500)
    UNION ALL
    SELECT user_id, 3, 'real_name', 'passed', real_name_s FROM person WHERE real_name_s IS NOT NULL
    UNION ALL
    SELECT user_id, 4, 'bank_card', 'passed', bank_card_s FROM person WHERE bank_card_s IS NOT NULL
    UNION ALL
    SELECT user_id, 5, 'email', 'passed', registered_s + 14000 FROM person WHERE r('mail', user_id, 100) < 35
    UNION ALL
    SELECT p.user_id, 6 + i.n, (['credit_report', 'income', 'employment', 'video', 'education', 'house', 'vehicle'])[1 + i.n],
        CASE WHEN chance('fails', 8 * p.user_id + i.n, CASE WHEN p.person_kind = 'refused' THEN 4500 ELSE 200 END)
            THEN 'failed' ELSE 'passed' END,
        p.registered_s + 9000 + 400 * i.n + r('verified', 8 * p.user_id + i.n, 300)
    FROM person AS p, LATERAL (SELECT unnest(range(7)) AS n) AS i
    WHERE p.person_kind IN ('borrower', 'refused') AND (i.n = 0 OR chance('proof', 8 * p.user_id + i.n, 2500))
)
SELECT 16 * user_id + n AS verification_id, user_id, kind AS verification_kind, outcome, utc(verified_s) AS verified_at,
    utc(verified_s) AS created_at
FROM step
WHERE is_known(verified_s)
ORDER BY verification_id
