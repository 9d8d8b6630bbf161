-- Major risk information: each is published within 48 hours, unless a late one was planted.
WITH happened AS (
    SELECT
        e.n AS risk_event_id, e.kind,
        getvariable('start_s') + 86400 * (e.after_day + r('risk_day', e.n, 20)) + 36000 AS occurred_s, e.description
    FROM (VALUES (1, 'capital_change', 60, '注册资本变更（模拟）'), (2, 'officer_change', 170, '风控负责人变更（模拟）'),
        (3, 'litigation', 260, '涉诉金额超过披露标准（模拟）'), (4, 'custodian_change', 330, '存管系统升级（模拟）'),
        (5, 'security_incident', 480, '遭受网络攻击，服务中断两小时（模拟）'), (6, 'officer_change', 560, '法定代表人变更（模拟）'),
        (7, 'litigation', 690, '重大诉讼进展（模拟）'), (8, 'capital_change', 900, '增资（模拟）')) AS e (n, kind, after_day, description)
),
told AS (
    SELECT *, occurred_s + 7200 + r('tells', risk_event_id, 150000) AS disclosed_s FROM happened
    UNION ALL
    SELECT 100, 'suspension', getvariable('start_s') + 86400 * 520 + 36000, '部分业务暂停（模拟，披露迟延）', NULL
    WHERE getvariable('has_anomalies')
)
SELECT risk_event_id, kind AS event_kind, utc(occurred_s) AS occurred_at, if_known(disclosed_s, utc(disclosed_s)) AS disclosed_at,
    description, utc(coalesce(if_known(disclosed_s, disclosed_s), occurred_s)) AS updated_at, NULL AS deleted_at
FROM told
WHERE is_known(occurred_s)
ORDER BY risk_event_id
