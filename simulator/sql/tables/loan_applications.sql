-- Applications that became listings, and those that were refused or given up.
WITH asked AS (
    SELECT 2 * k AS application_id, borrower_user(b) AS borrower_id, product_id, applied_s, amount, term_months, is_enterprise,
        'approved' AS decision, listed_s - 1800 - r('decides', k, 16000) AS decided_s, k
    FROM listing
    UNION ALL
    SELECT 2 * l.k + 1, p.user_id, l.product_id, p.registered_s + 15000 + r('applies', l.k, 150000),
        l.amount * (100 + r('asks', l.k, 150)) // 100 // 10000 * 10000 + 100000, l.term_months, l.is_enterprise,
        CASE WHEN r('gives_up', l.k, 100) < 15 THEN 'withdrawn' ELSE 'rejected' END,
        p.registered_s + 15000 + r('applies', l.k, 150000) + 7200 + r('decides', 2 * l.k + 1, 250000), l.k
    FROM listing AS l
    INNER JOIN person AS p ON p.person_kind = 'refused' AND p.k = l.k
)
SELECT
    application_id, borrower_id, product_id, utc(applied_s) AS applied_at, cny(amount) AS amount, term_months,
    CASE WHEN is_enterprise THEN one_of('purpose', k, ['经营周转', '采购原料', '支付货款', '设备更新'])
        ELSE one_of('purpose', k, ['装修', '购车', '教育', '医疗', '旅游', '日常消费', '经营周转', NULL]) END AS purpose,
    CASE WHEN is_known(decided_s) THEN decision ELSE 'pending' END AS decision,
    if_known(decided_s, utc(decided_s)) AS decided_at,
    CASE WHEN decision = 'rejected' AND is_known(decided_s)
        THEN one_of('reason', k, ['征信不良', '收入不足', '负债过高', '资料不实', '多头借贷', '年龄不符', '反欺诈规则', '联系不上']) END
        AS reject_reason,
    utc(CASE WHEN is_known(decided_s) THEN decided_s ELSE applied_s END) AS updated_at, NULL AS deleted_at
FROM asked
WHERE is_known(applied_s)
ORDER BY application_id
