-- Positions of eight keywords in six engines, once a day: a slow climb, waves, noise and updates of the engines.
WITH looked AS (
    SELECT
        d.day_no, d.day_s, e.engine, e.n AS engine_no, w.keyword, w.n AS keyword_no, w.volume, w.path,
        100 * w.n + e.n AS pair,
        greatest(0, 40 + r('rank', 100 * w.n + e.n, 60) - d.day_no * (2 + r('climb', 100 * w.n + e.n, 6)) // 60)
        + abs((d.day_no + r('phase', 100 * w.n + e.n, 90)) % 90 - 45) // 4
        + r('wobble', 10000 * d.day_no + 100 * w.n + e.n, 5)
        + CASE WHEN r('update', 100 * (d.day_no // 45) + e.n, 6) = 0 THEN 15 ELSE 0 END AS position
    FROM day AS d
    CROSS JOIN (VALUES (1, 'baidu', 100), (2, 'sogou', 20), (3, 'so360', 25), (4, 'shenma', 18), (5, 'google', 2), (6, 'bing', 4))
        AS e (n, engine, share)
    CROSS JOIN (VALUES (1, '网贷', 12000, '/'), (2, 'p2p理财', 9000, '/invest'), (3, '借款', 15000, '/borrow'),
        (4, '车抵贷', 4000, '/landing/vehicle'), (5, '理财平台', 8000, '/invest'), (6, '信息披露', 900, '/disclosure'),
        (7, '企业贷款', 5000, '/borrow'), (8, '明账', 300, '/')) AS w (n, keyword, volume, path)
)
SELECT
    day_of(day_s) AS observed_on, engine, keyword, CASE WHEN position BETWEEN 1 AND 100 THEN position WHEN position < 1 THEN 1 END AS position,
    CASE WHEN position <= 100 THEN path END AS landing_path, volume + r('volume', 10000 * (day_no // 30) + pair, 800) AS search_volume,
    utc(day_s + 14400) AS created_at
FROM looked
WHERE is_known(day_s + 14400)
ORDER BY observed_on, engine, keyword
