-- What is planned for a month: written two weeks before it begins; from the second year on lending is planned again when its month is a week old.
WITH planned AS (
    SELECT date_trunc('month', day_of(day_s))::DATE AS month_on, min(day_s) AS month_s, min(day_no) // 30 AS month_no
    FROM day
    GROUP BY 1
),
written AS (
    SELECT *, greatest(month_s - 14 * 86400, getvariable('start_s')) + 36000 AS planned_s, month_s + 7 * 86400 + 36000 AS revised_s
    FROM planned
)
SELECT f.code, f.segment_kind, f.segment_id, w.month_on,
    cny((f.base + f.growth * w.month_no) * f.scale * CASE WHEN f.n = 1 AND w.month_no >= 12 AND is_known(w.revised_s) THEN 110 ELSE 100 END // 100) AS target_value,
    utc(CASE WHEN f.n = 1 AND w.month_no >= 12 AND is_known(w.revised_s) THEN w.revised_s ELSE w.planned_s END) AS updated_at,
    NULL AS deleted_at
FROM written AS w
CROSS JOIN (
    VALUES (1, 'OP-B01', 'total', 'all', 180000, 9000, getvariable('loans')), (2, 'OP-C03', 'total', 'all', 300, 5, 1),
        (3, 'OP-D01', 'total', 'all', 4, 0, getvariable('loans')), (4, 'OP-A01', 'grade', 'A', 150000, 20000, getvariable('loans'))
) AS f (n, code, segment_kind, segment_id, base, growth, scale)
WHERE is_known(w.planned_s)
ORDER BY f.code, f.segment_kind, f.segment_id, w.month_on
