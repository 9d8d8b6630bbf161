{{ config(materialized='table_function', parameters=['as_of_on']) }}
-- What lenders are still to receive from instalments that fall due in the ninety days after a day, as the home regime counts it. Grain: one
-- row per loan_id and due_on.
with
readings as (
    {{ home_readings() }}
)

select
    owed.loan_id,
    owed.due_on,
    sum(owed.due_7_amount) as due_7_amount,
    sum(owed.due_30_amount) as due_30_amount,
    sum(owed.due_90_amount) as due_90_amount
from (
    {{ falling_due() | indent(4) }}
) as owed
inner join {{ ref('ldg_loans') }} as loan on loan.loan_id = owed.loan_id
inner join readings on readings.counts_promotional or not loan.is_promotional
group by owed.loan_id, owed.due_on
having sum(owed.due_90_amount) <> 0
