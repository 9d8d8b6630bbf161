-- The reserve that compensates unsecured loans: one per cent of each such loan goes in.
WITH moved AS (
    SELECT 1000000000000 + k AS movement_id, 'contribution' AS kind, k, nearest(amount, 100) AS amount, disbursed_s AS moved_s,
        disbursed_s AS known_s
    FROM listing WHERE fate = 'disbursed' AND compensated_by = 'risk_reserve'
    UNION ALL
    SELECT 2000000000000 + repayment_id, 'compensation', k, -(principal + interest + penalty), paid_s, known_s
    FROM payment WHERE payer_kind = 'risk_reserve'
    UNION ALL
    SELECT 3000000000000 + repayment_id, 'recovery', k, principal + interest + penalty, paid_s, known_s
    FROM payment WHERE payee_kind = 'risk_reserve' AND principal + interest + penalty > 0
    UNION ALL
    -- what the platform's owners put in at the start, and a little more each month
    SELECT 4000000000000 + day_no, 'contribution', NULL,
        CASE WHEN day_no = 0 THEN 50000000 + 20000 * getvariable('loans') ELSE 10 * getvariable('loans') + 100000 END,
        day_s + 32400, day_s + 32400
    FROM day WHERE chunk = getvariable('chunk') AND (day_no = 0 OR day(day_on) = 28)
    UNION ALL
    SELECT 5000000000000 + day_no, 'withdrawal', NULL, -(getvariable('loans') + 10000), day_s + 61200, day_s + 61200
    FROM day WHERE chunk = getvariable('chunk') AND day_no > 300 AND day(day_on) = 20 AND month(day_on) = 12
)
SELECT movement_id, kind AS movement_kind, k AS loan_id, cny(amount) AS amount, utc(moved_s) AS occurred_at, utc(known_s) AS created_at
FROM moved
WHERE is_known(known_s) AND amount <> 0
ORDER BY movement_id
