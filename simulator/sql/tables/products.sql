-- What the platform offers, from its first day.
SELECT product_id, name, operating_mode, security_kind, repayment_method, origination_channel, is_promotional,
    utc(getvariable('start_s')) AS updated_at, NULL AS deleted_at
FROM product
ORDER BY product_id
