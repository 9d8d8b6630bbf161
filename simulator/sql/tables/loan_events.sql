-- What happens to a loan besides payments.
WITH happened AS (
    SELECT k, 1 AS n, 'extension' AS kind, extended_s AS occurred_s, '展期' || extension_months || '个月' AS note
    FROM listing WHERE fate = 'disbursed' AND extended_s IS NOT NULL
    UNION ALL
    SELECT k, 2, 'default_declared', midnight(trouble_on) + 86400 * (91 + r('declared', k, 10)) + 36000, NULL
    FROM listing WHERE fate = 'disbursed' AND behaviour = 'default'
    UNION ALL
    SELECT k, 3, 'litigation', midnight(trouble_on) + 86400 * (110 + r('sued', k, 60)) + 36000, '已立案'
    FROM listing WHERE fate = 'disbursed' AND behaviour = 'default' AND NOT is_collateral_sold AND r('litigation', k, 100) < 35
    UNION ALL
    SELECT k, 4, 'collateral_sold', collateral_s, '处置抵押物' FROM listing WHERE fate = 'disbursed' AND is_collateral_sold
    UNION ALL
    SELECT k, 5, 'write_off', written_off_s, '核销' FROM listing WHERE fate = 'disbursed' AND is_written_off
    UNION ALL
    SELECT k, 6, 'restructuring', midnight(trouble_on) + 86400 * 30 + 40000, '协商还款'
    FROM listing WHERE fate = 'disbursed' AND behaviour = 'long_late' AND NOT is_compensated AND r('restructured', k, 100) < 20
    UNION ALL
    SELECT k, 7, 'purpose_breach', disbursed_s + 86400 * (20 + r('breach_day', k, 40)), '资金用途与约定不符'
    FROM listing WHERE fate = 'disbursed' AND chance('breach', k, 10)
)
SELECT 8 * k + n AS event_id, k AS loan_id, kind AS event_kind, utc(occurred_s) AS occurred_at, note, utc(occurred_s) AS created_at
FROM happened
WHERE is_known(occurred_s)
ORDER BY event_id
