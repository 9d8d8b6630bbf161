{{ config(materialized='table_function', parameters=['as_of_on']) }}
-- A row: a loan outstanding on the day whose borrower is related to the platform.
select 'loan ' || loan.loan_id as entity, 'related_party_kind' as field, party.related_party_kind as masked_value,
    'user ' || loan.borrower_id || ' (' || party.related_party_kind || ') owes ' || state.outstanding_amount as message
from {{ ref('ldg_related_parties') }} as party
inner join {{ ref('ldg_loans') }} as loan on loan.borrower_id = party.user_id
inner join {{ ref('ldg_loan_states') }} as state on state.loan_id = loan.loan_id
where state.valid_from <= as_of_on and state.valid_to > as_of_on and state.outstanding_amount > 0
