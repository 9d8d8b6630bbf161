-- Visits: the one of the registration, those before it, logins after it, and visitors who never register.
CREATE OR REPLACE TEMP TABLE visit AS
WITH numbered AS (
    SELECT 8 * user_id AS session_id, user_id AS visitor_no, user_id, registered_s - 60 - r('reads', user_id, 900) AS started_s,
        registered_s + 30 AS known_s, template_id, campaign_id, inviter_id, device_kind
    FROM person
    UNION ALL
    -- before: within the thirty days in which a touch counts, sometimes longer ago
    SELECT 8 * p.user_id + i.n, p.user_id, NULL, p.registered_s - 3600 - r('before', 8 * p.user_id + i.n, 3000000), NULL, NULL,
        NULL, NULL, p.device_kind
    FROM person AS p, LATERAL (SELECT unnest([1, 2]) AS n) AS i
    WHERE chance('earlier_visit', 8 * p.user_id + i.n, 2500)
        AND p.registered_s - 3600 - r('before', 8 * p.user_id + i.n, 3000000) >= getvariable('start_s')
    UNION ALL
    SELECT 8 * p.user_id + i.n, p.user_id, p.user_id, p.registered_s + 86400 + r('after', 8 * p.user_id + i.n, 9000000), NULL, NULL,
        NULL, NULL, p.device_kind
    FROM person AS p, LATERAL (SELECT unnest([3, 4, 5]) AS n) AS i
    WHERE p.is_active AND chance('login', 8 * p.user_id + i.n, 6000)
    UNION ALL
    SELECT 1000000000000 + 1000000 * d.day_no + i.n, -(1000000 * d.day_no + i.n), NULL,
        d.day_s + 21600 + r('strolls', 1000000 * d.day_no + i.n, 64000), NULL, NULL, NULL, NULL,
        one_of('device', -(1000000 * d.day_no + i.n), ['desktop', 'mobile_web', 'ios', 'android', NULL])
    FROM day AS d, LATERAL (SELECT unnest(range(d.registrants * 3 // 2)) AS n) AS i
    WHERE d.chunk = getvariable('chunk')
    UNION ALL
    -- a campaign brings many more visitors than registrants
    SELECT 1000000000000 + 1000000 * d.day_no + 500000 + i.n, -(1000000 * d.day_no + 500000 + i.n), NULL,
        d.day_s + 21600 + r('strolls', 1000000 * d.day_no + 500000 + i.n, 64000), NULL,
        c.template_ids[1 + r('campaign_template', 1000000 * d.day_no + i.n, len(c.template_ids))], d.campaign_id, NULL,
        one_of('device', -(1000000 * d.day_no + 500000 + i.n), ['desktop', 'mobile_web', 'ios', 'android', NULL])
    FROM day AS d
    INNER JOIN campaign AS ca ON d.campaign_id = ca.campaign_id
    INNER JOIN campaign_template AS c ON ca.campaign_kind = c.campaign_kind,
        LATERAL (SELECT unnest(range(d.campaign_registrants * 5)) AS n) AS i
    WHERE d.chunk = getvariable('chunk')
)

SELECT
    n.* REPLACE (coalesce(n.template_id, s.template_id) AS template_id, coalesce(
        n.known_s, n.started_s + CASE WHEN chance('late_session', n.session_id, 100) THEN 90000 ELSE 600 END) AS known_s)
FROM numbered AS n
LEFT JOIN template_slot AS s
    ON n.template_id IS NULL AND s.slot = r('channel', n.session_id, getvariable('template_slots'));
