-- Listings in the state that the platform knew at the horizon.
WITH told AS (
    SELECT
        l.*, e.settled_s AS paid_back_s, CASE WHEN is_written_off THEN l.written_off_s END AS lost_s,
        CASE WHEN l.fate LIKE 'withdrawn%' AND r('deleted', l.k, 100) < 15 THEN l.ended_s + 86400 * 20 END AS deleted_s
    FROM listing AS l
    LEFT JOIN ending AS e ON l.k = e.k
    WHERE is_known(l.listed_s)
)
SELECT
    k AS loan_id, 2 * k AS application_id, borrower_user(b) AS borrower_id, product_id,
    CASE WHEN planted = 'guarantor_gone' THEN 3 WHEN compensated_by = 'guarantor' THEN 1 + r('guarantor', k, 2) WHEN compensated_by = 'insurer' THEN 4
        WHEN operating_mode = 'b2c' THEN 5 WHEN operating_mode = 'claim_assignment' THEN 6 END AS institution_id,
    CASE WHEN origination_channel = 'offline' OR origination_channel = 'mixed' AND r('offline', k, 2) = 0
        THEN 1 + r('branch', k, 9) END AS branch_id,
    CASE WHEN operating_mode = 'claim_assignment' THEN active_lender(r('assignor', k, 5)) END AS original_lender_id,
    cny(amount) AS amount, yearly(rate) AS annual_rate,
    CASE
        WHEN planted = 'cost_over_cap' THEN 0.38
        WHEN r('cost_unknown', k, 20) > 0
            THEN yearly(rate + CASE WHEN instalment_count > 1 THEN fee_rate * 9 // 5 ELSE fee_rate END)
    END AS borrower_annual_cost,
    term_months, ['A', 'B', 'C', 'D', 'E'][CASE WHEN version = 1 AND planted = 'same_instant' THEN 5 ELSE grade + 1 END] AS credit_grade,
    CASE WHEN is_enterprise THEN one_of('purpose', k, ['经营周转', '采购原料', '支付货款', '设备更新'])
        ELSE one_of('purpose', k, ['装修', '购车', '教育', '医疗', '旅游', '日常消费', '经营周转', NULL]) END AS purpose,
    CASE WHEN security_kind IN ('house_mortgage', 'vehicle_mortgage', 'vehicle_pledge', 'goods_pledge')
        THEN cny(amount * (120 + r('collateral_value', k, 80)) // 100) END AS collateral_value,
    utc(listed_s) AS listed_at, if_known(funded_s, utc(funded_s)) AS fully_funded_at,
    if_known(disbursed_s, utc(disbursed_s - CASE WHEN version = 1 AND planted = 'disbursement_moved' THEN 86400 ELSE 0 END)) AS disbursed_at,
    utc(coalesce(if_known(ended_s, ended_s), if_known(paid_back_s, paid_back_s), if_known(lost_s, lost_s))) AS closed_at,
    CASE
        WHEN is_known(ended_s) THEN CASE WHEN fate = 'funding_failed' THEN 'funding_failed' ELSE 'withdrawn' END
        WHEN planted = 'wrong_status' AND is_known(disbursed_s) THEN 'settled'
        WHEN is_known(paid_back_s) THEN 'settled' WHEN is_known(lost_s) THEN 'written_off'
        WHEN is_known(disbursed_s) THEN 'repaying' ELSE 'listed'
    END AS status,
    utc(CASE WHEN version = 1 AND planted = 'disbursement_moved' THEN -1 ELSE 0 END + greatest(
        listed_s, coalesce(if_known(funded_s, funded_s), 0), coalesce(if_known(disbursed_s, disbursed_s), 0),
        coalesce(if_known(ended_s, ended_s), 0), coalesce(if_known(paid_back_s, paid_back_s), 0),
        coalesce(if_known(lost_s, lost_s), 0), coalesce(if_known(deleted_s, deleted_s), 0)
    )) AS updated_at,
    if_known(deleted_s, utc(deleted_s)) AS deleted_at
FROM told
CROSS JOIN LATERAL (SELECT unnest(range(CASE WHEN planted IN ('same_instant', 'disbursement_moved') AND is_known(disbursed_s) THEN 1 ELSE 2 END, 3)) AS version) AS v
ORDER BY k, version
