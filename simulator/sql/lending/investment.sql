-- One row per investment: the slice [low, high) of the loan's cents that it bought, so that slices always add up.
CREATE OR REPLACE TEMP TABLE investment AS
WITH sliced AS (
    SELECT
        l.k, i.n AS slice_no, l.lender_count, l.amount, l.fate, l.listed_s, l.funding_s, l.planted, l.b,
        l.rank_in_day, l.day_no, 11 * (l.registrants_before // 20) AS pool,
        100 * l.k + i.n AS investment_id,
        CASE WHEN i.n = 0 THEN 0 ELSE
            10000 * ((l.amount // 10000) * (1000 * i.n + r('slice', 100 * l.k + i.n, 600) - 300) // (1000 * l.lender_count))
        END AS low,
        CASE WHEN i.n + 1 = l.lender_count THEN l.amount ELSE
            10000 * ((l.amount // 10000) * (1000 * (i.n + 1) + r('slice', 100 * l.k + i.n + 1, 600) - 300)
                // (1000 * l.lender_count))
        END AS high
    FROM listing AS l, LATERAL (SELECT unnest(range(l.lender_count)) AS n) AS i
    -- Listings that fail or are withdrawn before full funding have found some of their lenders only.
    WHERE l.fate IN ('disbursed', 'withdrawn_funded') OR i.n < r('found', l.k, l.lender_count)
)

SELECT
    s.investment_id, s.k, s.slice_no, s.low, s.high, s.high - s.low AS amount, s.fate, s.planted,
    CASE
        -- A newcomer whom yesterday's campaign brought makes a first, often last, investment.
        WHEN s.slice_no + 1 = s.lender_count AND s.rank_in_day < y.campaign_registrants
            AND (y.campaign_registrants_before + s.rank_in_day) % 10 IN (1, 2, 3, 4)
            THEN campaign_user(y.campaign_registrants_before + s.rank_in_day)
        -- Some borrowers lend, too, never to themselves.
        WHEN s.k > 40 AND chance('borrower_lends', s.investment_id, 200) AND borrower_no(s.k - 20) <> s.b
            THEN borrower_user(borrower_no(s.k - 20))
        ELSE pick_lender('lender', s.investment_id, s.pool)
    END AS lender_id,
    CASE WHEN s.slice_no + 1 = s.lender_count THEN s.listed_s + s.funding_s
        ELSE s.listed_s + 60 + (s.funding_s - 60) * (100 * s.slice_no + 20 + r('moment', s.investment_id, 60))
            // (100 * s.lender_count) END AS invested_s,
    CASE WHEN r('placed', s.investment_id, 100) < 45 THEN 'manual'
        WHEN r('placed', s.investment_id, 100) < 80 THEN 'auto_bid' ELSE 'plan' END AS placed_by
FROM sliced AS s
INNER JOIN day AS y ON y.day_no = s.day_no - 1
WHERE s.high > s.low;
