-- Messages to users and what users do with them: a welcome, a newsletter a week later, and the mailing of the next campaign that sends one.
CREATE OR REPLACE TEMP VIEW message AS
WITH sent AS (
    SELECT 8 * user_id AS message_id, user_id, NULL::BIGINT AS campaign_id, CASE WHEN device_kind IN ('ios', 'android') THEN 'push'
        ELSE 'sms' END AS medium, registered_s + 60 AS sent_s
    FROM person
    UNION ALL
    SELECT 8 * user_id + 1, user_id, NULL, 'email', registered_s + 86400 * 7 FROM person WHERE r('mail', user_id, 100) < 35
    UNION ALL
    SELECT 8 * p.user_id + 2, p.user_id, c.campaign_id, CASE WHEN c.campaign_kind = 'sms' THEN 'sms' ELSE 'email' END,
        c.starts_s + 36000 + r('mailing', p.user_id, 7200)
    FROM person AS p
    ASOF INNER JOIN (SELECT * FROM campaign WHERE campaign_kind IN ('email', 'sms', 'investment_prize')) AS c
        ON p.registered_s < c.starts_s
    WHERE p.is_active
)
SELECT *,
    CASE WHEN r('opens', message_id, 100) < 38 THEN sent_s + 60 + r('opened', message_id, 170000) END AS opened_s,
    CASE WHEN r('clicks', message_id, 100) < 30 THEN opened_s + 5 + r('clicked', message_id, 300) END AS clicked_s,
    CASE WHEN r('leaves', message_id, 1000) < 12 THEN opened_s + 400 END AS unsubscribed_s
FROM sent;
