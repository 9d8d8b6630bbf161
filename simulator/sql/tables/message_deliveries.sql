-- Within a minute, before anyone can open it; one in twenty of the messages that are never opened does not arrive.
SELECT message_id, utc(delivered_s) AS delivered_at, utc(delivered_s) AS created_at
FROM (SELECT *, sent_s + 1 + r('arrived', message_id, 58) AS delivered_s FROM message)
WHERE is_known(delivered_s) AND (opened_s IS NOT NULL OR r('lost', message_id, 20) > 0)
ORDER BY message_id
