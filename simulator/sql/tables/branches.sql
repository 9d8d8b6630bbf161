-- Branches that have opened by the horizon.
WITH dated AS (
    SELECT *, getvariable('start_on') + opened_day AS opened_on, getvariable('start_on') + closed_day AS closed_on FROM branch
)
SELECT
    branch_id, name, province_code, opened_on, CASE WHEN is_known(midnight(closed_on)) THEN closed_on END AS closed_on,
    utc(greatest(getvariable('start_s'), midnight(opened_on),
        CASE WHEN is_known(midnight(closed_on)) THEN midnight(closed_on) ELSE 0 END)) AS updated_at,
    NULL AS deleted_at
FROM dated
WHERE is_known(midnight(opened_on))
ORDER BY branch_id
