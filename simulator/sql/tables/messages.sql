-- Messages that were sent.
SELECT
    message_id, user_id, campaign_id, medium, utc(sent_s) AS sent_at, if_known(opened_s, utc(opened_s)) AS opened_at,
    if_known(clicked_s, utc(clicked_s)) AS clicked_at, if_known(unsubscribed_s, utc(unsubscribed_s)) AS unsubscribed_at,
    utc(greatest(sent_s, coalesce(if_known(opened_s, opened_s), 0), coalesce(if_known(clicked_s, clicked_s), 0),
        coalesce(if_known(unsubscribed_s, unsubscribed_s), 0))) AS updated_at,
    NULL AS deleted_at
FROM message
WHERE is_known(sent_s)
ORDER BY message_id
