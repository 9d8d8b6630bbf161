-- The score behind each listing, and the credit line that a borrower gets at registration.
WITH scored AS (
    SELECT 4 * k + 1 AS assessment_id, borrower_user(b) AS user_id, k, grade, term_months * 0 + 40 * amount // 100000 AS credit_limit,
        listed_s AS assessed_s
    FROM listing
    UNION ALL
    SELECT 4 * k + 2, borrower_user(b), NULL, grade, NULL, registered_s + 9500 FROM listing WHERE b = k
    UNION ALL
    -- a second assessment of borrowers who stopped paying
    SELECT 4 * k + 3, borrower_user(b), k, 4, 0, midnight(trouble_on) + 86400 * 40 + 30000
    FROM listing WHERE fate = 'disbursed' AND behaviour IN ('default', 'long_late')
)
SELECT
    assessment_id, user_id, k AS loan_id, ['A', 'B', 'C', 'D', 'E'][grade + 1] AS credit_grade,
    760 - 45 * grade + r('score', assessment_id, 40) AS score,
    CAST([12, 25, 48, 85, 140][grade + 1] + r('risk', assessment_id, 9) AS DECIMAL(6, 0)) * CAST(0.001 AS DECIMAL(3, 3))
        AS expected_default_rate,
    cny(100000 * credit_limit) AS credit_limit, utc(assessed_s) AS assessed_at, utc(assessed_s) AS created_at
FROM scored
WHERE is_known(assessed_s)
ORDER BY assessment_id
