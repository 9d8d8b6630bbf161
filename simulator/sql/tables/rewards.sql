-- What was given away, and whether it was used.
SELECT
    reward_id, user_id, campaign_id, reward_kind, cny(amount) AS amount, utc(granted_s) AS granted_at,
    if_known(redeemed_s, utc(redeemed_s)) AS redeemed_at, utc(expires_s) AS expires_at,
    utc(greatest(granted_s, coalesce(if_known(redeemed_s, redeemed_s), 0))) AS updated_at, NULL AS deleted_at
FROM reward
WHERE is_known(granted_s) AND amount > 0
ORDER BY reward_id
