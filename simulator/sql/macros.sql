-- What every other statement uses: chance, money, time. Every value is a pure function of the seed and of
-- the keys of the thing it belongs to, never of the horizon, so that a later horizon extends the same history.

-- The inner xor and the outer hash keep draws with different tags independent; the hash of the tag folds to a constant.
CREATE OR REPLACE TEMP MACRO h(tag, k) AS hash(xor(hash((k)::BIGINT), hash(tag, getvariable('seed'))));
-- A whole number in [0, n).
CREATE OR REPLACE TEMP MACRO r(tag, k, n) AS (h(tag, k) % (n)::UBIGINT)::BIGINT;
CREATE OR REPLACE TEMP MACRO chance(tag, k, per_ten_thousand) AS h(tag, k) % 10000 < (per_ten_thousand);
-- One of the given texts.
CREATE OR REPLACE TEMP MACRO one_of(tag, k, texts) AS (texts)[1 + r(tag, k, len(texts))];

-- Money is counted in whole cents and becomes a decimal where a table is written.
CREATE OR REPLACE TEMP MACRO cny(cents) AS CAST(cents AS DECIMAL(16, 0)) * CAST(0.01 AS DECIMAL(2, 2));
CREATE OR REPLACE TEMP MACRO yearly(per_mille) AS CAST(per_mille AS DECIMAL(6, 0)) * CAST(0.001 AS DECIMAL(3, 3));
-- a / b rounded half up, for a >= 0.
CREATE OR REPLACE TEMP MACRO nearest(a, b) AS (2 * (a) + (b)) // (2 * (b));

-- Time is counted in seconds of the platform's own clock (Asia/Shanghai, UTC+8 without summer time since 1991).
CREATE OR REPLACE TEMP MACRO utc(s) AS make_timestamp(((s)::BIGINT - 28800) * 1000000);
CREATE OR REPLACE TEMP MACRO day_of(s) AS DATE '1970-01-01' + ((s) // 86400)::INTEGER;
CREATE OR REPLACE TEMP MACRO midnight(d) AS 86400::BIGINT * (d - DATE '1970-01-01');
-- Seconds after midnight: by day, but one in twenty-five within ten minutes of the end of the day, on either side.
CREATE OR REPLACE TEMP MACRO clock_time(tag, k) AS
    CASE WHEN h(tag, k) % 25 = 0 THEN 85800 + (h(tag, k) // 25 % 1200)::BIGINT
    ELSE 30600 + (h(tag, k) // 25 % 46800)::BIGINT END;
CREATE OR REPLACE TEMP MACRO is_known(s) AS (s) < getvariable('cut_s');
CREATE OR REPLACE TEMP MACRO if_known(s, value) AS CASE WHEN (s) < getvariable('cut_s') THEN value END;

-- Listings that are `stride` apart may belong to the same borrower; a chain of them has at most four links.
CREATE OR REPLACE TEMP MACRO starts_chain(k) AS
    (k) <= getvariable('stride') OR ((k) // getvariable('stride')) % 4 = 0 OR r('chain', k, 100) < 55;
CREATE OR REPLACE TEMP MACRO borrower_no(k) AS
    CASE WHEN starts_chain(k) THEN k
    WHEN starts_chain(k - getvariable('stride')) THEN k - getvariable('stride')
    WHEN starts_chain(k - 2 * getvariable('stride')) THEN k - 2 * getvariable('stride')
    ELSE k - 3 * getvariable('stride') END;
CREATE OR REPLACE TEMP MACRO chain_length(first_k) AS
    CASE WHEN starts_chain(first_k + getvariable('stride')) THEN 1
    WHEN starts_chain(first_k + 2 * getvariable('stride')) THEN 2
    WHEN starts_chain(first_k + 3 * getvariable('stride')) THEN 3
    ELSE 4 END;

-- Four kinds of people share the space of user ids.
CREATE OR REPLACE TEMP MACRO lender_user(j) AS 4 * (j) + 1;
CREATE OR REPLACE TEMP MACRO borrower_user(first_k) AS 4 * (first_k) + 2;
CREATE OR REPLACE TEMP MACRO campaign_user(m) AS 4 * (m) + 3;
CREATE OR REPLACE TEMP MACRO refused_user(k) AS 4 * (k) + 4;
-- Of every twenty registered lenders eleven invest; the a-th of them is this registrant.
CREATE OR REPLACE TEMP MACRO active_lender(a) AS lender_user((a) // 11 * 20 + (a) % 11);
-- Half of the money comes from recent lenders, half from a few faithful ones.
CREATE OR REPLACE TEMP MACRO pick_lender(tag, id, pool) AS
    active_lender(
        CASE WHEN h(tag, id) % 100 < 45
        THEN (pool) - 1 - (h(tag, id) // 100 % 1000000)::BIGINT * ((pool) // 4) // 1000000
        ELSE (h(tag, id) // 100 % 1000000)::BIGINT * (h(tag, id) // 100 % 1000000)::BIGINT * (pool) // 1000000000000
        END);
