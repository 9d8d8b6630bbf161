-- The custodian's statement: one entry per reference. Missing and different entries are planted anomalies.
SELECT
    movement_id AS entry_id, CASE WHEN o.planted = 'custody_spelling' THEN 'gb' ELSE 'GB' END || movement_id AS custodian_reference, user_id,
    cny(m.amount + CASE WHEN o.planted = 'custody_amount' THEN 8800 ELSE 0 END) AS amount,
    utc(CASE WHEN o.planted = 'custody_midnight' THEN midnight(day_of(moved_s)) + 86403 ELSE moved_s END) AS booked_at, utc(known_s) AS created_at
FROM movement AS m
LEFT JOIN override AS o ON m.k = o.k AND m.kind = 'disbursement'
WHERE shared_reference IS NULL AND is_known(known_s) AND m.amount <> 0 AND coalesce(o.planted <> 'custody_missing', TRUE)
UNION ALL
SELECT 100000000000000000 + shared_reference, 'GB' || shared_reference, NULL, cny(sum(amount)::BIGINT), utc(moved_s), utc(known_s)
FROM movement
WHERE shared_reference IS NOT NULL AND is_known(known_s)
GROUP BY shared_reference, moved_s, known_s
