-- The platform's ledger of its users' accounts. Rows that share a reference are one entry of the custodian's statement.
-- Ids: kind of movement * 10^15 + the thing it comes from.
CREATE OR REPLACE TEMP TABLE movement AS
-- lenders
SELECT 1000000000000000 + investment_id AS movement_id, lender_id AS user_id, 'deposit' AS kind, amount, NULL::BIGINT AS k,
    invested_s - 30 - r('deposit', investment_id, 600) AS moved_s, moved_s AS known_s, NULL::BIGINT AS shared_reference
FROM investment
UNION ALL
SELECT 2000000000000000 + investment_id, lender_id, 'investment', -amount, k, invested_s, invested_s, NULL FROM investment
UNION ALL
-- money comes back from listings that were never disbursed
SELECT 3000000000000000 + i.investment_id, i.lender_id, 'investment', i.amount, i.k, l.ended_s, l.ended_s, NULL
FROM investment AS i INNER JOIN listing AS l ON i.k = l.k
WHERE l.ended_s IS NOT NULL
UNION ALL
-- borrowers
SELECT 4000000000000000 + k, borrower_user(b), 'disbursement', amount, k, disbursed_s, disbursed_s, NULL
FROM listing WHERE fate = 'disbursed'
UNION ALL
SELECT 5000000000000000 + k, borrower_user(b), 'withdrawal',
    CASE WHEN is_fee_monthly THEN 0 ELSE nearest(amount * fee_rate * term_months, 12000) END - amount,
    NULL, disbursed_s + 1200 + r('takes', k, 40000), disbursed_s + 1200 + r('takes', k, 40000), NULL
FROM listing WHERE fate = 'disbursed'
UNION ALL
SELECT 6000000000000000 + p.repayment_id, borrower_user(l.b), 'deposit', p.principal + p.interest + p.penalty + p.fee, NULL,
    p.paid_s - 120, p.paid_s - 120, NULL
FROM payment AS p INNER JOIN listing AS l ON p.k = l.k
WHERE p.payer_kind = 'borrower' AND p.seq NOT IN (3, 4)
UNION ALL
SELECT 7000000000000000 + p.repayment_id, borrower_user(l.b), 'repayment_out', -(p.principal + p.interest + p.penalty + p.fee),
    p.k, p.paid_s, p.known_s, NULL
FROM payment AS p INNER JOIN listing AS l ON p.k = l.k
WHERE p.payer_kind = 'borrower'
UNION ALL
-- what each holder of that moment receives
SELECT
    8000000000000000 + 64 * p.repayment_id + s.slice_no,
    CASE
        WHEN s.first_s IS NULL OR p.paid_s <= s.first_s THEN s.holder
        WHEN s.second_s IS NULL OR p.paid_s <= s.second_s THEN s.first_buyer
        WHEN s.third_s IS NULL OR p.paid_s <= s.third_s THEN s.second_buyer
        ELSE s.third_buyer
    END,
    CASE WHEN p.payer_kind = 'borrower' THEN 'repayment_in' ELSE 'compensation_in' END,
    p.side * (p.received * s.high // p.amount - p.received * s.low // p.amount) AS part,
    p.k, p.paid_s, p.known_s, p.repayment_id
FROM (
    SELECT y.*, l.amount, abs(y.principal + y.interest + y.penalty) AS received,
        CASE WHEN y.principal + y.interest + y.penalty < 0 THEN -1 ELSE 1 END AS side
    FROM payment AS y INNER JOIN listing AS l ON y.k = l.k
    WHERE y.payee_kind = 'lenders' AND is_known(y.known_s)
) AS p
INNER JOIN slice AS s ON p.k = s.k
WHERE part <> 0
UNION ALL
-- claims that change hands
SELECT 9000000000000000 + transfer_id, buyer_id, 'deposit', price, NULL, sold_s - 90, sold_s - 90, NULL FROM transfer
UNION ALL
SELECT 10000000000000000 + transfer_id, buyer_id, 'transfer_out', -price, k, sold_s, sold_s, NULL FROM transfer
UNION ALL
SELECT 11000000000000000 + transfer_id, seller_id, 'transfer_in', price, k, sold_s, sold_s, NULL FROM transfer
UNION ALL
SELECT 12000000000000000 + fee_id, user_id, 'fee', -amount, k, charged_s, known_s, NULL FROM fee WHERE is_booked
UNION ALL
SELECT 13000000000000000 + fee_id, user_id, 'deposit', amount, NULL, charged_s - 60, charged_s - 60, NULL
FROM fee WHERE is_booked AND fee_kind IN ('membership', 'late')
UNION ALL
SELECT 14000000000000000 + 2 * investment_id + slice_no % 2, user_id, 'withdrawal', -amount, NULL, withdrawn_s, withdrawn_s, NULL
FROM withdrawn
UNION ALL
-- rewards paid in cash, and those who take them and leave
SELECT 15000000000000000 + reward_id, user_id, 'reward', amount, NULL, redeemed_s, redeemed_s, NULL
FROM reward WHERE reward_kind = 'cash' AND redeemed_s IS NOT NULL
UNION ALL
SELECT 16000000000000000 + reward_id, user_id, 'withdrawal', -amount, NULL, redeemed_s + 7200 + r('leaves', reward_id, 400000),
    redeemed_s + 7200 + r('leaves', reward_id, 400000), NULL
FROM reward WHERE reward_kind = 'cash' AND redeemed_s IS NOT NULL AND is_hunted;
