-- What each lender put into each listing.
SELECT investment_id, k AS loan_id, CASE WHEN slice_no = 1 AND planted = 'own_lender' THEN borrower_user(k) ELSE lender_id END AS lender_id, cny(amount) AS amount, utc(invested_s) AS invested_at, placed_by,
    utc(invested_s) AS created_at
FROM investment
WHERE is_known(invested_s) AND NOT (slice_no = 1 AND coalesce(planted = 'unfunded_loan', FALSE))
ORDER BY investment_id
