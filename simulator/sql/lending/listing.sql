-- One row per listing of this chunk: borrower, product, terms, funding, and how its repayment will go.
CREATE OR REPLACE TEMP TABLE listing AS
WITH numbered AS (
    SELECT
        d.day_no, d.day_s, d.registrants_before, d.listings_before + 1 + i.rank_in_day AS k, i.rank_in_day
    FROM day AS d, LATERAL (SELECT unnest(range(d.listings)) AS rank_in_day) AS i
    WHERE d.chunk = getvariable('chunk')
),

asked AS (
    SELECT
        n.*, borrower_no(n.k) AS b, chain_length(borrower_no(n.k)) AS chain_links,
        o.planted,
        coalesce(o.is_enterprise, r('enterprise', b, 100) < 18) AS is_enterprise,
        coalesce(o.product_id, s.product_id) AS product_id,
        o.amount AS planted_amount, o.term_months AS planted_term
    FROM numbered AS n
    LEFT JOIN override AS o ON n.k = o.k
    LEFT JOIN product_slot AS s
        ON s.is_for_enterprise = (r('enterprise', borrower_no(n.k), 100) < 18) AND s.slot = r('product', n.k, 100)
),

termed AS (
    SELECT
        a.*, p.repayment_method, p.security_kind, p.operating_mode, p.origination_channel, p.is_promotional,
        p.is_fee_monthly, p.compensated_by,
        -- Legal caps, shared among the loans that one borrower may have at the same time.
        CASE WHEN a.is_enterprise THEN 1000000 ELSE 200000 END // a.chain_links AS most,
        -- Small amounts are frequent, large ones rare.
        p.min_amount + (p.max_amount - p.min_amount) * r('size', a.k, 1000) * r('size', a.k, 1000) // 1000000 AS wish,
        100 * coalesce(
            a.planted_amount,
            CASE WHEN least(wish, most) >= 2000 THEN least(wish, most) // 100 * 100 ELSE least(wish, most) END
        )
        -- Assigned claims and one listing in fifteen have odd cents.
        - CASE WHEN a.planted IS NULL AND (p.operating_mode = 'claim_assignment' OR r('odd', a.k, 15) = 0)
            THEN r('cents', a.k, 9999) ELSE 0 END AS amount,
        coalesce(a.planted_term, p.terms[1 + r('term', a.k, len(p.terms))]) AS term_months,
        CASE
            WHEN r('grade', a.b, 100) < 20 THEN 0 WHEN r('grade', a.b, 100) < 50 THEN 1
            WHEN r('grade', a.b, 100) < 75 THEN 2 WHEN r('grade', a.b, 100) < 92 THEN 3 ELSE 4
        END AS grade,
        -- From 2020-08-20 the cap is four times the LPR: rates and fees came down before it.
        a.day_s >= midnight(DATE '2020-08-10') AS is_capped,
        CASE
            WHEN p.base_rate = 0 THEN 0
            ELSE least(
                p.base_rate + 6 * grade + CASE WHEN p.is_promotional THEN 0 ELSE term_months // 3 END + r('rate', a.k, 6),
                CASE WHEN is_capped THEN 85 ELSE 200 END)
        END AS rate,
        least(p.fee_rate, CASE WHEN is_capped THEN 15 ELSE 1000 END) AS fee_rate,
        CASE WHEN p.repayment_method = 'bullet' THEN 1 ELSE term_months END AS instalment_count,
        a.day_s + 32400 + r('hour', a.k, 46800) AS listed_s
    FROM asked AS a
    INNER JOIN product AS p ON a.product_id = p.product_id
),

funded AS (
    SELECT
        t.*,
        greatest(
            CASE WHEN planted IS NULL THEN 1 ELSE 3 END,
            1 + r('lenders', k, 1000) * r('lenders', k, 1000) * least(12, greatest(1, amount // 100000)) // 1000000
        ) AS lender_count,
        CASE
            WHEN planted IS NOT NULL THEN 'disbursed'
            WHEN r('funding', k, 1000) < 35 THEN 'funding_failed' WHEN r('funding', k, 1000) < 47 THEN 'withdrawn'
            WHEN r('funding', k, 1000) < 51 THEN 'withdrawn_funded' ELSE 'disbursed'
        END AS fate,
        300 + r('funding_time', k, 1000) * r('funding_time', k, 1000) * r('funding_time', k, 1000) // 5000 AS funding_s,
        CASE WHEN fate IN ('disbursed', 'withdrawn_funded') THEN listed_s + funding_s END AS funded_s,
        CASE WHEN fate = 'disbursed' THEN funded_s + 900 + r('disbursement', k, 100000) END AS disbursed_s,
        CASE
            WHEN fate = 'funding_failed' THEN listed_s + 7 * 86400
            WHEN fate = 'withdrawn' THEN listed_s + 3600 + r('withdrawal', k, 100000)
            WHEN fate = 'withdrawn_funded' THEN funded_s + 900 + r('withdrawal', k, 100000)
        END AS ended_s,
        -- The instalment at which something other than a payment on time happens.
        1 + r('trouble', k, instalment_count) AS trouble_no,
        [60, 120, 220, 400, 700][grade + 1] AS default_weight,
        CASE
            WHEN planted IS NOT NULL THEN 'punctual'
            WHEN r('behaviour', k, 10000) < default_weight THEN 'default'
            WHEN r('behaviour', k, 10000) < 3 * default_weight // 2 + 60 THEN 'long_late'
            WHEN r('behaviour', k, 10000) < 2 * default_weight + 220 THEN 'extension'
            WHEN r('behaviour', k, 10000) < 2 * default_weight + 1120 THEN 'early'
            WHEN r('behaviour', k, 10000) < 2 * default_weight + 3120 THEN 'straggling'
            ELSE 'punctual'
        END AS behaviour
    FROM termed AS t
)

SELECT
    f.*,
    day_of(disbursed_s) AS disbursed_on,
    CASE WHEN behaviour = 'early' AND instalment_count > 1 THEN greatest(2, trouble_no) END AS settled_early_no,
    CASE WHEN behaviour = 'extension' THEN 1 + r('extension', k, 3) END AS extension_months,
    -- When the instalment with that event is due by the first plan.
    (day_of(disbursed_s)
        + to_months((CASE WHEN instalment_count = 1 THEN term_months ELSE trouble_no END)::INTEGER))::DATE AS trouble_on,
    CASE WHEN behaviour = 'extension'
        THEN midnight(trouble_on) + 86400 * (r('extension_day', k, 16) - 5) + clock_time('extension_time', k) END AS extended_s,
    CASE WHEN settled_early_no IS NOT NULL THEN
        midnight((disbursed_on + to_months((settled_early_no - 1)::INTEGER))::DATE) + 86400 * (5 + r('settle_day', k, 20))
        + 30600 + r('settle_time', k, 50000) END AS settled_s,
    behaviour IN ('default', 'long_late') AND compensated_by IS NOT NULL AND r('compensated', k, 100) < 85 AS is_compensated,
    5 + r('compensation_delay', k, 26) AS compensation_days,
    20 + r('long_delay', k, 100) AS long_days,
    behaviour = 'default' AND NOT is_compensated AND r('collateral', k, 100) < 50
    AND security_kind IN ('house_mortgage', 'vehicle_mortgage', 'vehicle_pledge', 'goods_pledge') AS is_collateral_sold,
    midnight(trouble_on) + 86400 * (120 + r('collateral_day', k, 120)) + clock_time('collateral_time', k) AS collateral_s,
    behaviour = 'default' AND NOT is_compensated AND NOT is_collateral_sold AND r('write_off', k, 100) < 70 AS is_written_off,
    midnight(trouble_on) + 86400 * (200 + r('write_off_day', k, 120)) + 36000 AS written_off_s,
    listed_s - 21600 - r('applied', k, 200000) AS applied_s,
    greatest(
        applied_s - 14400 - r('registered', k, 1700000), getvariable('start_s') + 60 + r('registered', k, 3600)
    ) AS registered_s
FROM funded AS f;
