-- Money applied to instalments.
SELECT
    repayment_id, p.k AS loan_id, CASE WHEN p.n = 1 AND o.planted = 'unknown_instalment' THEN 0 ELSE n END AS instalment_no,
    utc(CASE WHEN p.n = 1 AND o.planted = 'paid_too_soon' THEN l.disbursed_s - 86400 ELSE paid_s END) AS paid_at,
    cny(principal + CASE WHEN p.n = 1 AND o.planted = 'overpaid' THEN 10000 ELSE 0 END) AS principal,
    cny(interest + 100 * CASE WHEN o.planted = 'conflicting_row' THEN copy ELSE 0 END
        - CASE WHEN p.n = 1 AND o.planted = 'tiny_arrears' THEN 45 ELSE 0 END) AS interest,
    cny(penalty) AS penalty, cny(fee - CASE WHEN p.n = 1 AND o.planted = 'negative_repayment' THEN 100000 ELSE 0 END) AS fee,
    CASE WHEN o.planted = 'platform_compensation' AND p.n = 2 THEN 'platform' ELSE payer_kind END AS payer_kind,
    payee_kind, reverses_repayment_id, utc(known_s) AS created_at
FROM payment AS p
LEFT JOIN override AS o ON p.k = o.k
LEFT JOIN listing AS l ON p.k = l.k AND o.planted = 'paid_too_soon'
CROSS JOIN LATERAL (SELECT unnest(range(
    CASE WHEN p.n <> 1 THEN 1 WHEN o.planted IN ('duplicate_row', 'conflicting_row') THEN 2 ELSE 1 END)) AS copy) AS c
WHERE is_known(known_s)
UNION ALL
SELECT repayment_id + 3 + copy, p.k, n, utc(paid_s + 86400 * copy), cny(-principal), cny(-interest), cny(-penalty), cny(-fee), payer_kind, payee_kind,
    repayment_id, utc(paid_s + 86400 * copy)
FROM payment AS p
INNER JOIN override AS o ON p.k = o.k AND o.planted = 'reversed_twice' AND p.n = 1
CROSS JOIN (SELECT unnest([1, 2]) AS copy) AS c
WHERE is_known(paid_s + 86400 * copy)
ORDER BY repayment_id, interest
