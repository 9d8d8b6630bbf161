-- Partners; a guarantee that ended before the platform opened stands behind nothing.
SELECT
    institution_id, name, institution_kind, licence_no, getvariable('start_on') + started_day AS cooperation_started_on,
    getvariable('start_on') + ended_day AS cooperation_ended_on,
    CASE WHEN stands_for = 'guarantor' OR institution_kind = 'guarantee'
        THEN cny(getvariable('loans') * 40000000 + 10000000000) END AS guarantee_limit,
    utc(getvariable('start_s')) AS updated_at, NULL AS deleted_at
FROM institution
ORDER BY institution_id
