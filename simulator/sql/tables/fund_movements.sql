-- The platform's own ledger of its users' accounts.
SELECT movement_id, user_id, kind AS movement_kind, cny(m.amount) AS amount, m.k AS loan_id, utc(CASE WHEN o.planted = 'custody_midnight' THEN midnight(day_of(moved_s)) + 86398 ELSE moved_s END) AS occurred_at,
    'GB' || coalesce(shared_reference, movement_id) AS custodian_reference, utc(known_s) AS created_at
FROM movement AS m
LEFT JOIN override AS o ON m.k = o.k AND m.kind = 'disbursement'
WHERE is_known(known_s) AND m.amount <> 0
