-- Money applied to instalments.
SELECT
    repayment_id, p.k AS loan_id, n AS instalment_no, utc(paid_s) AS paid_at, cny(principal) AS principal,
    cny(interest + 100 * CASE WHEN o.planted = 'conflicting_row' THEN copy ELSE 0 END) AS interest, cny(penalty) AS penalty, cny(fee) AS fee,
    CASE WHEN o.planted = 'platform_compensation' AND p.n = 2 THEN 'platform' ELSE payer_kind END AS payer_kind,
    payee_kind, reverses_repayment_id, utc(known_s) AS created_at
FROM payment AS p
LEFT JOIN override AS o ON p.k = o.k
CROSS JOIN LATERAL (SELECT unnest(range(
    CASE WHEN p.n <> 1 THEN 1 WHEN o.planted IN ('duplicate_row', 'conflicting_row') THEN 2 ELSE 1 END)) AS copy) AS c
WHERE is_known(known_s)
ORDER BY repayment_id, copy
