-- What the platform charged.
SELECT
    fee_id, CASE WHEN o.planted = 'unknown_value' AND fee_kind = 'borrower_service' THEN 'consulting' ELSE fee_kind END AS fee_kind,
    user_id, f.k AS loan_id, cny(f.amount) AS amount, utc(charged_s) AS charged_at, utc(known_s) AS created_at
FROM fee AS f
LEFT JOIN override AS o ON f.k = o.k
WHERE is_known(known_s) AND f.amount <> 0
ORDER BY fee_id
