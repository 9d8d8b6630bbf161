-- Claims that change hands: an investment, whole or in part, to a buyer, who may sell on, and that buyer again.
-- Each price follows the principal that the seller holds at that moment, rounded down, so nobody sells more than is held.
CREATE OR REPLACE TEMP TABLE offer AS
SELECT
    i.investment_id, i.k, i.low, i.high, i.lender_id, l.amount,
    (i.high - i.low) * CASE WHEN l.planted IS NULL AND r('sold_share', i.investment_id, 100) < 35
        THEN 30 + r('sold_part', i.investment_id, 41) ELSE 100 END // 100 AS width,
    CASE WHEN l.planted = 'split_term' THEN l.disbursed_s + 43200 + r('sale_time', i.investment_id, 40000)
        WHEN r('sale_meets_payment', i.investment_id, 100) < 6 AND o.main_s > l.disbursed_s + 86400 * 20 THEN o.main_s
        ELSE l.disbursed_s + 86400 * (20 + r('sale_day', i.investment_id, 30 * l.term_months - 40))
            + r('sale_time', i.investment_id, 80000)
    END AS first_s,
    CASE WHEN l.planted IS NULL AND chance('sold_on', i.investment_id, 3500)
        THEN first_s + 86400 * (12 + r('second_day', i.investment_id, 60)) + r('second_time', i.investment_id, 80000)
    END AS second_s,
    CASE WHEN chance('sold_again', i.investment_id, 4000)
        THEN second_s + 86400 * (12 + r('third_day', i.investment_id, 60)) + r('third_time', i.investment_id, 80000)
    END AS third_s
FROM investment AS i
INNER JOIN listing AS l ON i.k = l.k
LEFT JOIN owed AS o ON l.k = o.k AND o.n = 1
WHERE l.fate = 'disbursed' AND (
    l.planted = 'split_term'
    OR l.planted IS NULL AND l.term_months >= 3 AND i.amount >= 100000 AND chance('sale', i.investment_id, 700)
);

CREATE OR REPLACE TEMP TABLE sale AS
WITH owing AS (
    SELECT
        o.investment_id,
        coalesce(sum(p.principal) FILTER (WHERE p.paid_s <= o.first_s), 0) AS first_back,
        coalesce(sum(p.principal) FILTER (WHERE p.paid_s <= o.second_s), 0) AS second_back,
        coalesce(sum(p.principal) FILTER (WHERE p.paid_s <= o.third_s), 0) AS third_back
    FROM offer AS o
    LEFT JOIN payment AS p ON o.k = p.k AND p.payee_kind = 'lenders'
    GROUP BY o.investment_id
),

held AS (
    SELECT
        o.*, (o.amount - w.first_back)::BIGINT AS first_owed, (o.amount - w.second_back)::BIGINT AS second_owed,
        (o.amount - w.third_back)::BIGINT AS third_owed,
        o.width * first_owed // o.amount AS first_principal,
        first_principal * second_owed // nullif(first_owed, 0) AS second_principal,
        second_principal * third_owed // nullif(second_owed, 0) AS third_principal,
        pick_lender('buyer', 4 * o.investment_id + 1, 11 * (d1.registrants_before // 20)) AS first_buyer,
        pick_lender('buyer', 4 * o.investment_id + 2, 11 * (d2.registrants_before // 20)) AS second_buyer,
        pick_lender('buyer', 4 * o.investment_id + 3, 11 * (d3.registrants_before // 20)) AS third_buyer
    FROM offer AS o
    INNER JOIN owing AS w ON o.investment_id = w.investment_id
    INNER JOIN day AS d1 ON o.first_s // 86400 * 86400 = d1.day_s
    LEFT JOIN day AS d2 ON o.second_s // 86400 * 86400 = d2.day_s
    LEFT JOIN day AS d3 ON o.third_s // 86400 * 86400 = d3.day_s
)

SELECT
    * REPLACE (
        CASE WHEN is_second THEN second_s END AS second_s,
        CASE WHEN is_second THEN second_buyer END AS second_buyer,
        CASE WHEN is_third THEN third_s END AS third_s,
        CASE WHEN is_third THEN third_buyer END AS third_buyer
    )
FROM (
    SELECT
        *,
        second_buyer IS NOT NULL AND second_owed > 10000 AND second_principal > 1000 AND second_buyer <> first_buyer AS is_second,
        is_second AND third_buyer IS NOT NULL AND third_owed > 10000 AND third_principal > 1000
        AND third_buyer <> second_buyer AS is_third
    FROM held
    WHERE first_owed > 10000 AND first_principal > 1000 AND first_buyer <> lender_id
) AS h;

CREATE OR REPLACE TEMP TABLE transfer AS
WITH step AS (
    SELECT 4 * investment_id + 1 AS transfer_id, k, lender_id AS seller_id, first_buyer AS buyer_id, first_principal AS principal,
        first_s AS sold_s FROM sale
    UNION ALL
    SELECT 4 * investment_id + 2, k, first_buyer, second_buyer, second_principal, second_s FROM sale WHERE second_s IS NOT NULL
    UNION ALL
    SELECT 4 * investment_id + 3, k, second_buyer, third_buyer, third_principal, third_s FROM sale WHERE third_s IS NOT NULL
)

SELECT *, principal - principal * (r('discount', transfer_id, 35) // 2) // 1000 AS price FROM step;

-- Who holds which cents of a loan until when.
CREATE OR REPLACE TEMP TABLE slice AS
SELECT 2 * i.slice_no AS slice_no, i.investment_id, i.k, i.low, i.high - coalesce(s.width, 0) AS high, i.lender_id AS holder,
    NULL::BIGINT AS first_s, NULL::BIGINT AS first_buyer, NULL::BIGINT AS second_s, NULL::BIGINT AS second_buyer,
    NULL::BIGINT AS third_s, NULL::BIGINT AS third_buyer,
    i.high - coalesce(s.width, 0) - i.low AS last_bought
FROM investment AS i
LEFT JOIN sale AS s ON i.investment_id = s.investment_id
WHERE i.fate = 'disbursed' AND i.high - coalesce(s.width, 0) > i.low
UNION ALL
SELECT 2 * i.slice_no + 1, i.investment_id, i.k, i.high - s.width, i.high, i.lender_id,
    s.first_s, s.first_buyer, s.second_s, s.second_buyer, s.third_s, s.third_buyer,
    CASE WHEN s.third_s IS NOT NULL THEN s.third_principal WHEN s.second_s IS NOT NULL THEN s.second_principal
        ELSE s.first_principal END
FROM investment AS i
INNER JOIN sale AS s ON i.investment_id = s.investment_id;
