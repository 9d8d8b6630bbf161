-- One row per person who registers in this chunk: lenders, those whom a campaign brings, borrowers at their first listing,
-- and applicants who are refused.
CREATE OR REPLACE TEMP TABLE person AS
WITH registered AS (
    SELECT
        'lender' AS person_kind, lender_user(d.registrants_before + i.n) AS user_id, d.day_no,
        d.day_s + 25200 + r('registers', lender_user(d.registrants_before + i.n), 57600) AS registered_s,
        (d.registrants_before + i.n) % 20 < 11 AS is_active, FALSE AS is_hunter, FALSE AS is_enterprise,
        NULL::BIGINT AS campaign_id, NULL::BIGINT AS k
    FROM day AS d, LATERAL (SELECT unnest(range(d.registrants)) AS n) AS i
    WHERE d.chunk = getvariable('chunk')
    UNION ALL
    SELECT
        'campaign', campaign_user(d.campaign_registrants_before + i.n), d.day_no,
        d.day_s + 25200 + r('registers', campaign_user(d.campaign_registrants_before + i.n), 57600),
        (d.campaign_registrants_before + i.n) % 10 IN (1, 2, 3, 4), (d.campaign_registrants_before + i.n) % 10 IN (0, 1, 2),
        FALSE, d.campaign_id, NULL
    FROM day AS d, LATERAL (SELECT unnest(range(d.campaign_registrants)) AS n) AS i
    WHERE d.chunk = getvariable('chunk')
    UNION ALL
    SELECT 'borrower', borrower_user(k), day_no, registered_s, TRUE, FALSE, is_enterprise, NULL, k
    FROM listing WHERE b = k
    UNION ALL
    SELECT 'refused', refused_user(k), day_no, registered_s + r('refused_by', k, 9000), FALSE, FALSE, is_enterprise, NULL, k
    FROM listing WHERE chance('refused', k, 6000)
)

SELECT
    p.*,
    CASE WHEN p.campaign_id IS NOT NULL
        THEN c.template_ids[1 + r('campaign_template', p.user_id, len(c.template_ids))]
        ELSE s.template_id END AS template_id,
        CASE
        WHEN NOT t.is_invitation OR y.day_no IS NULL THEN NULL
        -- In referral campaigns a few inviters bring dozens of people, none of whom stays.
        WHEN p.campaign_id IS NOT NULL AND y.campaign_registrants > 0 THEN campaign_user(y.campaign_registrants_before)
        ELSE pick_lender('inviter', p.user_id, 11 * (greatest(20, y.registrants_before) // 20))
    END AS inviter_id,
    -- Verified within hours; the mobile at once, the real name next, then the card.
    p.registered_s + 20 + r('mobile', p.user_id, 200) AS mobile_s,
    CASE WHEN p.is_active OR p.is_hunter OR r('verifies', p.user_id, 100) < 45
        THEN p.registered_s + 300 + r('real_name', p.user_id, 5400) END AS real_name_s,
    CASE WHEN p.is_active OR p.is_hunter OR r('verifies', p.user_id, 100) < 30
        THEN p.registered_s + 5800 + r('bank_card', p.user_id, 7000) END AS bank_card_s,
    one_of('device', p.user_id, ['desktop', 'mobile_web', 'ios', 'android', 'android']) AS device_kind
FROM registered AS p
LEFT JOIN campaign AS ca ON p.campaign_id = ca.campaign_id
LEFT JOIN campaign_template AS c ON ca.campaign_kind = c.campaign_kind
LEFT JOIN template_slot AS s ON s.slot = r('channel', 8 * p.user_id, getvariable('template_slots'))
LEFT JOIN template AS t
    ON t.template_id = CASE WHEN p.campaign_id IS NOT NULL
        THEN c.template_ids[1 + r('campaign_template', p.user_id, len(c.template_ids))] ELSE s.template_id END
-- The day before the registration: people of that day can invite.
LEFT JOIN day AS y ON y.day_s = p.registered_s // 86400 * 86400 - 86400;
