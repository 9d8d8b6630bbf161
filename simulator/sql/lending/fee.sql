-- What the platform charges. `is_booked` = moves in custody on its own; the others are a part of a repayment.
CREATE OR REPLACE TEMP TABLE fee AS
SELECT 1 * 1000000000000 + k AS fee_id, 'borrower_service' AS fee_kind, borrower_user(b) AS user_id, k,
    nearest(amount * fee_rate * term_months, 12000) AS amount, disbursed_s AS charged_s, disbursed_s AS known_s, TRUE AS is_booked
FROM listing WHERE fate = 'disbursed' AND fee_rate > 0 AND NOT is_fee_monthly
UNION ALL
-- one in two hundred gets half of it back after a complaint
SELECT 2 * 1000000000000 + k, 'borrower_service', borrower_user(b), k, -nearest(amount * fee_rate * term_months, 24000),
    disbursed_s + 300000 + r('refund', k, 500000), disbursed_s + 300000 + r('refund', k, 500000), TRUE
FROM listing WHERE fate = 'disbursed' AND fee_rate > 0 AND NOT is_fee_monthly AND chance('refunded', k, 50)
UNION ALL
SELECT 3 * 1000000000000 + p.repayment_id, 'borrower_service', borrower_user(l.b), p.k, p.fee, p.paid_s, p.known_s, FALSE
FROM payment AS p INNER JOIN listing AS l ON p.k = l.k WHERE p.fee <> 0
UNION ALL
-- late payers pay the platform, too
SELECT 4 * 1000000000000 + p.repayment_id, 'late', borrower_user(l.b), p.k, 1000 + p.penalty // 5, p.paid_s, p.known_s, TRUE
FROM payment AS p INNER JOIN listing AS l ON p.k = l.k WHERE p.penalty > 0 AND p.seq IN (2, 6)
UNION ALL
-- a tenth of the interest of lenders who let a plan invest for them. The order is explicit: movements are written in the order of this
-- table, and the order of several joins depends on the engine's plan
SELECT * FROM (
    SELECT 5 * 1000000000000 + i.investment_id, 'lender_management', i.lender_id, i.k,
        nearest(i.amount * l.rate * l.term_months, 240000), e.settled_s, e.settled_s, TRUE
    FROM investment AS i INNER JOIN listing AS l ON i.k = l.k INNER JOIN ending AS e ON i.k = e.k
    LEFT JOIN sale AS s ON i.investment_id = s.investment_id
    WHERE i.placed_by = 'plan' AND s.investment_id IS NULL AND nearest(i.amount * l.rate * l.term_months, 240000) > 0
    ORDER BY row_number() OVER (PARTITION BY i.k ORDER BY i.investment_id DESC), i.k
)
UNION ALL
SELECT 6 * 1000000000000 + transfer_id, 'transfer', seller_id, k, nearest(price * 5, 1000), sold_s, sold_s, TRUE
FROM transfer WHERE nearest(price * 5, 1000) > 0
UNION ALL
SELECT 7 * 1000000000000 + s.investment_id, 'withdrawal', i.lender_id, NULL, 200, s.withdrawn_s, s.withdrawn_s, TRUE
FROM withdrawn AS s INNER JOIN investment AS i ON s.investment_id = i.investment_id
WHERE s.slice_no % 2 = 0 AND chance('withdrawal_fee', s.investment_id, 2000)
UNION ALL
SELECT 8 * 1000000000000 + user_id, 'membership', user_id, NULL, 9900, registered_s + 2600000, registered_s + 2600000, TRUE
FROM person WHERE person_kind = 'lender' AND is_active AND chance('member', user_id, 300);
