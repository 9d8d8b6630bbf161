{{ config(materialized='table_function', parameters=['as_of_on']) }}
-- One row per loan whose investments up to its disbursement do not add up to its amount.
with
invested as (
    select investment.loan_id, sum(investment.amount) as invested_amount
    from {{ ref('stg_investments') }} as investment
    inner join {{ ref('ldg_loans') }} as loan on loan.loan_id = investment.loan_id
    where investment.invested_at <= loan.disbursed_at
    group by investment.loan_id
)

select 'loan ' || loan.loan_id as entity, 'amount' as field, coalesce(invested.invested_amount, 0)::varchar as masked_value,
    'invested ' || coalesce(invested.invested_amount, 0) || ' of ' || loan.amount || ' at disbursement' as message
from {{ ref('ldg_loans') }} as loan
left join invested on invested.loan_id = loan.loan_id
where loan.disbursed_on <= as_of_on and coalesce(invested.invested_amount, 0) <> loan.amount
