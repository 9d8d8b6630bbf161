-- When claims that were sold had been offered: some minutes to two days before.
SELECT transfer_id, utc(sold_s - 600 - r('offered', transfer_id, 172800)) AS offered_at, utc(sold_s) AS created_at
FROM transfer
WHERE is_known(sold_s)
ORDER BY transfer_id
