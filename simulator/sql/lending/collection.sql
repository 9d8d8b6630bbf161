-- Reminders while the borrower has not paid, each kind later than the one before.
CREATE OR REPLACE TEMP TABLE collection AS
SELECT
    8 * o.instalment_id + s.n AS action_id, o.k, s.kind, t.acted_s,
    CASE
        WHEN s.kind IN ('sms', 'letter') THEN NULL
        WHEN o.main_s IS NOT NULL AND o.main_s < acted_s + 86400 THEN 'paid'
        WHEN o.main_s IS NOT NULL AND o.main_s < acted_s + 5 * 86400 THEN 'promised'
        ELSE one_of('reached', 8 * o.instalment_id + s.n, ['refused', 'no_contact', 'no_contact', 'promised'])
    END AS outcome
FROM owed AS o
CROSS JOIN (VALUES (1, 'sms', 1), (2, 'phone', 4), (3, 'letter', 15), (4, 'visit', 32), (5, 'agency', 62), (6, 'legal', 95))
    AS s (n, kind, after_days)
CROSS JOIN LATERAL (
    SELECT midnight(o.last_due_on) + 86400 * s.after_days + 32400 + r('collects', 8 * o.instalment_id + s.n, 30000) AS acted_s
) AS t
WHERE is_known(acted_s) AND (o.main_s IS NULL OR o.main_s > acted_s) AND (NOT o.is_collateral_sold OR o.collateral_s > acted_s);
