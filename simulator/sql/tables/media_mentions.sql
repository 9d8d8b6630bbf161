-- What others write: a few a week, more while a campaign buys them.
WITH written AS (
    SELECT d.*, 10 * d.day_no + i.n AS mention_id, ca.campaign_kind IN ('portal_news', 'soft_article', 'video', 'event') AS is_bought
    FROM day AS d
    LEFT JOIN campaign AS ca ON d.campaign_id = ca.campaign_id
    CROSS JOIN LATERAL (SELECT unnest(range(5)) AS n) AS i
    WHERE chance('written', 10 * d.day_no + i.n, CASE WHEN ca.campaign_kind IN ('portal_news', 'soft_article', 'video', 'event') THEN 4000 ELSE 700 END)
)
SELECT
    mention_id, one_of('outlet', mention_id, ['新浪财经', '网易财经', '搜狐', '知乎', '今日头条', '第一网贷论坛', '优酷', '北京晚报（模拟）']) AS outlet,
    one_of('mention', mention_id, ['portal_news', 'soft_article', 'forum', 'video', 'social', 'print']) AS mention_kind,
    CASE WHEN is_bought THEN campaign_id END AS campaign_id, utc(day_s + 21600 + r('published', mention_id, 60000)) AS published_at,
    1000 * (1 + r('reach', mention_id, 30) * r('reach', mention_id, 30)) AS reach,
    CASE WHEN is_bought THEN 'positive' ELSE one_of('mood', mention_id, ['positive', 'neutral', 'neutral', 'negative', NULL]) END AS sentiment,
    utc(day_s + 86400 + r('found', mention_id, 30000)) AS created_at
FROM written
WHERE is_known(day_s + 86400 + r('found', mention_id, 30000))
ORDER BY mention_id
