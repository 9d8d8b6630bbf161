-- What the engines know of the site, once a week.
SELECT
    day_of(d.day_s) AS observed_on, e.engine, 400 + d.day_no * 6 * e.n + r('indexed', 10 * d.day_no + e.n, 200) AS indexed_pages,
    150 + d.day_no * 3 + r('links', 10 * d.day_no + e.n, 60) AS backlinks, least(10, 1 + d.day_no // 150) AS authority,
    greatest(800, 90000 - 100 * d.day_no + r('traffic', 10 * d.day_no + e.n, 4000)) AS traffic_rank, utc(d.day_s + 18000) AS created_at
FROM day AS d
CROSS JOIN (VALUES (1, 'baidu'), (2, 'sogou'), (3, 'so360'), (4, 'bing')) AS e (n, engine)
WHERE d.day_no % 7 = 0 AND is_known(d.day_s + 18000)
ORDER BY observed_on, engine
