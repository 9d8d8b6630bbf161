-- The site's own health, twice a day for each page; now and then a page is broken for some days, or everything is slow.
WITH checked AS (
    SELECT d.day_no, d.day_s + 21600 + 43200 * i.n + 10 * p.n AS checked_s, p.path, p.n, 100 * d.day_no + 10 * i.n + p.n AS id,
        1000 * (d.day_no // 4) + p.n AS spell, d.day_no // 2 AS pair_of_days
    FROM day AS d, LATERAL (SELECT unnest(range(2)) AS n) AS i
    CROSS JOIN (VALUES (0, '/'), (1, '/invest'), (2, '/borrow'), (3, '/loans'), (4, '/disclosure'), (5, '/landing/invest'),
        (6, '/landing/bonus'), (7, '/article/guide')) AS p (n, path)
)
SELECT
    utc(checked_s) AS checked_at, path,
    CASE WHEN n > 4 AND chance('dead', spell, 150) THEN 404 WHEN chance('fails', id, 40) THEN 500 WHEN chance('gone', id, 15) THEN 503 ELSE 200 END
        AS http_status,
    CASE WHEN chance('gone', id, 15) THEN NULL
        ELSE 120 + r('speed', id, 400) + CASE WHEN chance('slow', pair_of_days, 400) THEN 3500 ELSE 0 END END AS response_ms,
    utc(checked_s) AS created_at
FROM checked
WHERE is_known(checked_s)
ORDER BY checked_at, path
