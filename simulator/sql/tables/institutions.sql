-- Partners; one guarantee ended before the platform opened and guarantees nothing, unless that anomaly was planted.
SELECT
    institution_id, name, institution_kind, CASE WHEN NOT lost THEN licence_no END AS licence_no,
    getvariable('start_on') + started_day AS cooperation_started_on,
    getvariable('start_on') + ended_day AS cooperation_ended_on,
    CASE WHEN stands_for = 'guarantor' OR institution_kind = 'guarantee'
        THEN cny(getvariable('loans') * 40000000 + 10000000000) END AS guarantee_limit,
    utc(CASE WHEN lost THEN getvariable('start_s') + 86400 * 500 ELSE getvariable('start_s') END) AS updated_at, NULL AS deleted_at
FROM (
    SELECT *, getvariable('has_anomalies') AND institution_id = 2 AND is_known(getvariable('start_s') + 86400 * 500) AS lost
    FROM institution
) AS i
ORDER BY institution_id
