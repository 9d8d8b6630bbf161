-- Steps taken to collect.
SELECT action_id, k AS loan_id, kind AS action_kind, utc(acted_s) AS acted_at, outcome, utc(acted_s) AS created_at
FROM collection
ORDER BY action_id
