{# A row: a borrower of a kind who owes more than the limit in force on the day. All that is owed on the platform counts, promotional
   listings too: the limit knows no exception. #}
{% macro over_limit(limit_code, user_kind) -%}
with
cap as (
    select {{ in_force('amount') }} as amount
    from {{ ref('cn_limits') }}
    where limit_code = '{{ limit_code }}' and valid_from <= as_of_on
),

owed as (
    select loan.borrower_id, sum(state.outstanding_amount) as outstanding_amount
    from {{ ref('ldg_loan_states') }} as state
    inner join {{ ref('ldg_loans') }} as loan on loan.loan_id = state.loan_id
    where state.valid_from <= as_of_on and state.valid_to > as_of_on and state.outstanding_amount > 0
    group by loan.borrower_id
)

select 'user ' || owed.borrower_id as entity, 'outstanding_amount' as field, owed.outstanding_amount::varchar as masked_value,
    'owes ' || owed.outstanding_amount || ', the limit is ' || cap.amount as message
from owed
cross join cap
inner join {{ ref('ldg_users') }} as borrower on borrower.user_id = owed.borrower_id
where borrower.user_kind = '{{ user_kind }}' and owed.outstanding_amount > cap.amount
{%- endmacro %}
