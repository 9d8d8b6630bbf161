-- What the platform offers, with the terms of its listings. Rates and fees in per mille per year.
CREATE OR REPLACE TEMP TABLE product AS
SELECT * FROM (VALUES
    (1, '信用标', 'c2c', 'credit', 'equal_instalment', 'online', FALSE, FALSE, [6, 12, 18, 24, 36],
        3000, 50000, 95, 40, FALSE, 'risk_reserve', 26),
    (2, '车抵贷', 'p2c', 'vehicle_mortgage', 'interest_first', 'offline', FALSE, FALSE, [3, 6, 12],
        20000, 120000, 85, 30, TRUE, NULL, 12),
    (3, '车辆质押标', 'p2c', 'vehicle_pledge', 'bullet', 'offline', FALSE, FALSE, [1, 2, 3],
        10000, 80000, 90, 30, FALSE, NULL, 8),
    (4, '房抵贷', 'p2c', 'house_mortgage', 'interest_first', 'mixed', FALSE, FALSE, [6, 12, 24],
        100000, 200000, 75, 20, TRUE, NULL, 6),
    (5, '净值标', 'c2c', 'net_asset', 'bullet', 'online', FALSE, FALSE, [1, 2, 3],
        1000, 30000, 70, 0, FALSE, NULL, 10),
    (6, '小贷合作标', 'b2c', 'third_party_guarantee', 'equal_principal', 'mixed', FALSE, FALSE, [6, 9, 12],
        5000, 80000, 80, 35, TRUE, 'guarantor', 14),
    (7, '债权转让标', 'claim_assignment', 'credit', 'equal_instalment', 'offline', FALSE, FALSE, [12, 24],
        10000, 100000, 88, 30, FALSE, 'insurer', 10),
    (8, '零息体验标', 'c2c', 'credit', 'bullet', 'online', TRUE, FALSE, [1],
        1000, 5000, 0, 0, FALSE, NULL, 2),
    (9, '新手闪投标', 'c2c', 'credit', 'bullet', 'online', TRUE, FALSE, [1],
        5000, 20000, 120, 0, FALSE, NULL, 2),
    (10, '履约保证标', 'c2c', 'credit', 'equal_instalment', 'online', FALSE, FALSE, [3, 6, 12],
        2000, 40000, 82, 35, FALSE, 'insurer', 10),
    (11, '企业经营贷', 'p2b', 'third_party_guarantee', 'interest_first', 'mixed', FALSE, TRUE, [3, 6, 12],
        200000, 1000000, 80, 20, FALSE, 'guarantor', 45),
    (12, '供应链质押标', 'p2b', 'goods_pledge', 'bullet', 'offline', FALSE, TRUE, [2, 3, 6],
        100000, 800000, 78, 20, FALSE, NULL, 30),
    (13, '保理债权标', 'claim_assignment', 'third_party_guarantee', 'bullet', 'online', FALSE, TRUE, [1, 3, 6],
        100000, 600000, 76, 15, FALSE, 'guarantor', 23),
    (14, '企业零息体验标', 'p2b', 'credit', 'equal_principal', 'online', TRUE, TRUE, [3],
        10000, 30000, 0, 0, FALSE, NULL, 2)
) AS p (
    product_id, name, operating_mode, security_kind, repayment_method, origination_channel, is_promotional,
    is_for_enterprise, terms, min_amount, max_amount, base_rate, fee_rate, is_fee_monthly, compensated_by, weight
);

-- A hundred slots per kind of borrower: the slot that a listing draws names its product.
CREATE OR REPLACE TEMP TABLE product_slot AS
WITH bounds AS (
    SELECT
        product_id, is_for_enterprise,
        sum(weight) OVER (PARTITION BY is_for_enterprise ORDER BY product_id) - weight AS slot_from,
        sum(weight) OVER (PARTITION BY is_for_enterprise ORDER BY product_id) AS slot_to
    FROM product
)
SELECT is_for_enterprise, s.slot, product_id
FROM bounds, range(100) AS s (slot)
WHERE s.slot >= slot_from AND s.slot < slot_to;
