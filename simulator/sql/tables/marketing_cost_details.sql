-- Paid search by keyword; text messages and events, which the branches of the day send and hold, by branch. A tenth of each has no detail.
WITH parts AS (
    SELECT s.*, 'keyword' AS detail_kind, k.detail, k.weight + r('bid', 100 * s.id + k.n, 10) AS weight
    FROM spending AS s
    CROSS JOIN (VALUES (1, '网贷', 30), (2, '理财', 25), (3, '借款', 20), (4, 'p2p', 15), (5, '体验标', 5)) AS k (n, detail, weight)
    WHERE s.channel = 'paid_search'
    UNION ALL
    SELECT s.*, 'branch', b.branch_id::VARCHAR, 20 + r('around', 100 * s.id + b.branch_id, 20)
    FROM spending AS s
    INNER JOIN branch AS b ON b.opened_day <= s.day_no AND (b.closed_day IS NULL OR b.closed_day > s.day_no)
    LEFT JOIN campaign AS ca ON s.campaign_id = ca.campaign_id
    WHERE s.channel = 'sms' AND s.campaign_id = 0 OR ca.campaign_kind = 'event'
),
-- Start and end of each part in the whole, so that the parts are whole cents and together no more than the whole.
bounds AS (
    SELECT *, sum(weight) OVER (PARTITION BY id, detail_kind ORDER BY detail)::BIGINT AS upto,
        sum(weight) OVER (PARTITION BY id, detail_kind)::BIGINT * 10 // 9 AS whole
    FROM parts
)
SELECT
    day_of(day_s) AS cost_on, channel, campaign_id, detail_kind, detail,
    cny(amount * upto // whole - amount * (upto - weight) // whole) AS amount,
    shown * upto // whole - shown * (upto - weight) // whole AS impressions,
    clicks * upto // whole - clicks * (upto - weight) // whole AS clicks,
    utc(updated_s) AS updated_at, NULL AS deleted_at
FROM bounds
ORDER BY cost_on, channel, campaign_id, detail_kind, detail
