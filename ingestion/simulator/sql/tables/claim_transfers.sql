-- Claims sold from lender to lender.
SELECT transfer_id, k AS loan_id, seller_id, buyer_id, cny(principal) AS principal, cny(price) AS price,
    utc(sold_s) AS transferred_at, utc(sold_s) AS created_at
FROM transfer
WHERE is_known(sold_s)
ORDER BY transfer_id
