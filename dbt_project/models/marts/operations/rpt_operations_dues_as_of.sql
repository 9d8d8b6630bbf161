{{ config(materialized='table_function', parameters=['as_of_on']) }}
-- What lenders are still to receive from instalments that fall due in the ninety days after a day, as the home regime counts it. Grain: one
-- row per loan_id and due_on.
with
readings as (
    {{ home_readings() }}
),

owed as (
    {{ falling_due(['loan_id', 'due_on']) }}
)

select owed.loan_id, owed.due_on, owed.due_7_amount, owed.due_30_amount, owed.due_90_amount
from owed
inner join {{ ref('ldg_loans') }} as loan on loan.loan_id = owed.loan_id
inner join readings on readings.counts_promotional or not loan.is_promotional
where owed.due_90_amount <> 0
