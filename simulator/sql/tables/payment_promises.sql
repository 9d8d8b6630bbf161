-- Half of those who promise to pay name a day.
SELECT action_id, day_of(acted_s) + (3 + r('promised_day', action_id, 8))::INTEGER AS promised_on, utc(acted_s) AS created_at
FROM collection
WHERE outcome = 'promised' AND r('names_day', action_id, 2) = 0
ORDER BY action_id
