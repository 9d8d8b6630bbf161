-- The platform's own ledger of its users' accounts.
SELECT movement_id, user_id, kind AS movement_kind, cny(amount) AS amount, k AS loan_id, utc(moved_s) AS occurred_at,
    'GB' || coalesce(shared_reference, movement_id) AS custodian_reference, utc(known_s) AS created_at
FROM movement
WHERE is_known(known_s) AND amount <> 0
