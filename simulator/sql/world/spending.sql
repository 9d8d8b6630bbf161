-- Money spent on channels by day: an estimate the next morning, the invoice five days later.
CREATE OR REPLACE TEMP VIEW spending AS
WITH spent AS (
    SELECT d.day_no, d.day_s, c.channel, 0 AS campaign_id,
        d.registrants * c.unit * (80 + r('spend', 100 * d.day_no + c.n, 40)) // 100 AS amount, d.registrants * c.shown AS shown,
        100 * d.day_no + c.n AS id
    FROM day AS d
    CROSS JOIN (VALUES (1, 'paid_search', 900, 140), (2, 'display', 260, 300), (3, 'alliance', 500, 60), (4, 'video', 160, 90),
        (5, 'portal_news', 120, 40), (6, 'soft_article', 90, 30), (7, 'directory', 150, 70), (8, 'sms', 40, 20)
    ) AS c (n, channel, unit, shown)
    UNION ALL
    SELECT d.day_no, d.day_s, ca.channel, ca.campaign_id,
        d.campaign_registrants * 3500 * (80 + r('spend', 100 * d.day_no + 50, 40)) // 100 + 50000, d.campaign_registrants * 200,
        100 * d.day_no + 50
    FROM day AS d INNER JOIN campaign AS ca ON d.campaign_id = ca.campaign_id
)
SELECT
    id, day_no, day_s, channel, campaign_id,
    CASE WHEN is_known(day_s + 6 * 86400 + 36000) THEN amount ELSE amount // 1000 * 1000 END AS amount,
    shown, shown * (5 + r('clicks', id, 30)) // 1000 AS clicks,
    CASE WHEN is_known(day_s + 6 * 86400 + 36000) THEN day_s + 6 * 86400 + 36000 ELSE day_s + 86400 + 28800 END AS updated_s
FROM spent
WHERE is_known(day_s + 86400 + 28800);
