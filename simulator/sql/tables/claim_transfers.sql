-- Claims sold from lender to lender.
SELECT transfer_id, k AS loan_id, seller_id, buyer_id, cny(principal) AS principal, cny(price) AS price,
    utc(sold_s) AS transferred_at, utc(sold_s) AS created_at
FROM transfer
WHERE is_known(sold_s)
UNION ALL
SELECT 9000000000000000 + l.k, l.k, active_lender(l.k), active_lender(l.k + 1), cny(100000), cny(100000), utc(l.disbursed_s + 86400), utc(l.disbursed_s + 86400)
FROM listing AS l
INNER JOIN override AS o ON l.k = o.k AND o.planted = 'oversold'
WHERE is_known(l.disbursed_s + 86400)
ORDER BY transfer_id
