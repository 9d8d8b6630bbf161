-- What agents and alliances get, the day after, for people whom they brought.
SELECT
    user_id AS commission_id, CASE WHEN r('alliance', user_id, 2) = 0 THEN 'Alliance' END AS channel, campaign_id, user_id,
    cny(1000 + 100 * r('commission', user_id, 20)) AS amount, utc(registered_s + 90000) AS earned_at, utc(registered_s + 90000) AS created_at
FROM person
WHERE r('brought', user_id, 12) = 0 AND is_known(registered_s + 90000)
ORDER BY commission_id
