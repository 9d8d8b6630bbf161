-- What was signed; the hash stands for the document, which stays with the platform.
WITH signed AS (
    SELECT 16 * k + 1 AS contract_id, 'loan' AS kind, k, borrower_user(b) AS user_id, (funded_s + disbursed_s) // 2 AS signed_s
    FROM listing WHERE fate = 'disbursed'
    UNION ALL
    SELECT 16 * k + 2, 'guarantee', k, NULL, (funded_s + disbursed_s) // 2 + 60
    FROM listing WHERE fate = 'disbursed' AND compensated_by = 'guarantor'
    UNION ALL
    SELECT 16 * k + 3, 'service', k, borrower_user(b), listed_s - 600 FROM listing WHERE fee_rate > 0 AND chance('service', k, 3000)
    UNION ALL
    SELECT 100000000000 + transfer_id, 'claim_transfer', k, buyer_id, sold_s FROM transfer
    UNION ALL
    SELECT 16 * l.k + 4, 'claim_transfer', l.k, active_lender(l.k + 1), l.disbursed_s + 86400
    FROM listing AS l INNER JOIN override AS o ON l.k = o.k AND o.planted = 'oversold'
    UNION ALL
    SELECT 200000000000 + user_id, 'risk_disclosure', NULL, user_id, bank_card_s + 60 FROM person
    WHERE person_kind = 'lender' AND is_active
)
SELECT
    contract_id, kind AS contract_kind, s.k AS loan_id, user_id, utc(signed_s) AS signed_at,
    sha256('contract ' || getvariable('seed') || ' ' || contract_id) AS document_sha256,
    CASE WHEN kind = 'risk_disclosure' THEN 'simple' WHEN r('paper', contract_id, 100) < 4 THEN 'paper' ELSE 'certified' END
        AS signature_kind,
    utc(signed_s) AS created_at
FROM signed AS s
LEFT JOIN override AS o ON s.k = o.k
WHERE is_known(signed_s) AND NOT (kind = 'loan' AND coalesce(o.planted = 'no_contract', FALSE))
ORDER BY contract_id
