{{ config(materialized='table_function', parameters=['as_of_on']) }}
-- One row per loan overdue for longer than the threshold by less than the threshold amount: more often a cent that was never booked than a
-- debt.
with
thresholds as (
    select
        {{ in_force('value', "threshold_code = 'tiny_arrears_days'") }} as days,
        {{ in_force('value', "threshold_code = 'tiny_arrears_amount'") }} as amount
    from {{ ref('cn_thresholds') }}
    where valid_from <= as_of_on
)

select 'loan ' || loan.loan_id as entity, 'overdue_amount' as field, loan.overdue_amount::varchar as masked_value,
    loan.overdue_amount || ' has been overdue for ' || loan.past_due_days || ' days' as message
from {{ rows_of('rpt_cn_scope_as_of', 'as_of_on') }} as loan
cross join thresholds
where loan.past_due_days > thresholds.days and loan.overdue_amount < thresholds.amount
