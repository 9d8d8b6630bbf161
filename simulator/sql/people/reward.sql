-- What the platform gives away; `is_hunted` = taken in cash by someone who leaves within the week.
CREATE OR REPLACE TEMP TABLE reward AS
WITH given AS (
    SELECT
        4 * user_id AS reward_id, user_id, campaign_id, is_hunter AS is_hunted,
        CASE WHEN is_hunter THEN 'cash' ELSE one_of('reward', user_id, ['voucher', 'voucher', 'points', 'cash', 'prize']) END
            AS reward_kind,
        CASE WHEN is_hunter THEN 2000 ELSE 1000 * (1 + r('reward_size', user_id, 10)) END AS amount,
        registered_s + 13000 AS granted_s,
        CASE WHEN is_hunter THEN registered_s + 86400 + r('redeems', user_id, 170000)
            WHEN r('redeemed', user_id, 100) < 40 THEN registered_s + 90000 + r('redeems', user_id, 2300000) END AS redeemed_s
    FROM person WHERE campaign_id IS NOT NULL
    UNION ALL
    SELECT 4 * user_id + 1, inviter_id, campaign_id, FALSE, 'cash', 3000, registered_s + 90000,
        registered_s + 100000 + r('redeems', user_id, 900000)
    FROM person WHERE inviter_id IS NOT NULL
    UNION ALL
    -- points for large investments, most of which are never used
    SELECT 100000000000 + investment_id, lender_id, NULL, FALSE, 'points', amount // 2000, invested_s + 60,
        CASE WHEN r('redeemed', investment_id, 100) < 30 THEN invested_s + 86400 + r('redeems', investment_id, 2300000) END
    FROM investment WHERE amount >= 2000000
)

SELECT *, granted_s + 30 * 86400 AS expires_s FROM given;
