-- Plans: the first at disbursement; a second after an extension or an early settlement, with every instalment again.
SELECT i.k AS loan_id, 1 AS plan_version, i.n AS instalment_no, i.due_on,
    cny(i.principal + CASE WHEN o.planted = 'wrong_plan_sum' AND i.n = 2 THEN 10000
        WHEN o.planted = 'plan_beyond_amount' AND i.n = 1 THEN 6000000 ELSE 0 END) AS principal_due,
    cny(i.interest) AS interest_due, cny(i.fee) AS fee_due, utc(i.disbursed_s + CASE WHEN o.planted = 'late_plan' THEN 172800 ELSE 0 END) AS created_at
FROM instalment AS i
LEFT JOIN override AS o ON i.k = o.k
WHERE is_known(i.disbursed_s + CASE WHEN o.planted = 'late_plan' THEN 172800 ELSE 0 END) AND coalesce(o.planted <> 'no_plan', TRUE)
UNION ALL
SELECT i.k, 2, i.n, i.second_due_on, cny(i.second_principal), cny(i.interest), cny(i.fee),
    utc(coalesce(l.extended_s, l.settled_s))
FROM instalment AS i
INNER JOIN listing AS l ON i.k = l.k
WHERE i.second_due_on IS NOT NULL AND is_known(coalesce(l.extended_s, l.settled_s))
ORDER BY loan_id, plan_version, instalment_no
