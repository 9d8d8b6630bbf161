{{ config(materialized='table_function', parameters=['as_of_on']) }}
-- One row per loan outstanding on the day whose borrower is related to the platform.
select 'loan ' || loan.loan_id as entity, 'related_party_kind' as field, party.related_party_kind as masked_value,
    'user ' || loan.borrower_id || ' (' || party.related_party_kind || ') owes ' || loan.outstanding_amount as message
from {{ rows_of('fct_loans_as_of', 'as_of_on') }} as loan
inner join {{ ref('ldg_related_parties') }} as party on party.user_id = loan.borrower_id
where loan.outstanding_amount > 0
