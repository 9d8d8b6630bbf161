-- Campaigns, entered a week before they start.
SELECT campaign_id, code, name, campaign_kind, day_of(starts_s) AS starts_on, day_of(ends_s) AS ends_on, cny(budget) AS budget,
    utc(greatest(starts_s - 86400 * 7, getvariable('start_s'))) AS updated_at, NULL AS deleted_at
FROM campaign
WHERE is_known(greatest(starts_s - 86400 * 7, getvariable('start_s')))
ORDER BY campaign_id
