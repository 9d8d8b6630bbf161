-- What was spent on each channel and campaign.
SELECT
    day_of(day_s) AS cost_on, channel, campaign_id, cny(amount) AS amount, shown AS impressions, clicks, utc(updated_s) AS updated_at,
    NULL AS deleted_at
FROM spending
ORDER BY cost_on, channel, campaign_id
