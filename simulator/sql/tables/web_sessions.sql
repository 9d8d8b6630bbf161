-- Visits to the site.
SELECT
    session_id, 'v' || CASE WHEN visitor_no < 0 THEN 'a' || -visitor_no ELSE visitor_no::VARCHAR END AS visitor_id, user_id,
    utc(started_s) AS started_at, t.landing_path, t.referrer_url, t.utm_source, t.utm_medium,
    CASE WHEN t.campaign_kind IS NOT NULL THEN c.code WHEN t.utm_medium IS NOT NULL THEN 'always_on' END AS utm_campaign,
    t.utm_term, t.utm_content, CASE WHEN t.is_invitation AND inviter_id IS NOT NULL THEN 'INV' || inviter_id
        WHEN t.is_invitation THEN 'INV' || active_lender(r('code', session_id, 20)) END AS invitation_code,
    v.device_kind, 1 + r('pages', session_id, 9) * r('pages', session_id, 9) // 6 AS page_views, utc(known_s) AS created_at
FROM visit AS v
INNER JOIN template AS t ON v.template_id = t.template_id
LEFT JOIN campaign AS c ON v.campaign_id = c.campaign_id
WHERE is_known(known_s)
ORDER BY session_id
