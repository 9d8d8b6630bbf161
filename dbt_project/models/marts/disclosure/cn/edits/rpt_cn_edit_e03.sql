{{ config(materialized='table_function', parameters=['as_of_on']) }}
-- One row per payment by the platform to the lenders that has not been taken back completely by the day.
with
reversed as (
    select reversal.reverses_repayment_id as repayment_id, sum(reversal.principal + reversal.interest + reversal.penalty) as amount
    from {{ ref('stg_repayments') }} as reversal
    where reversal.reverses_repayment_id is not null and reversal.payer_kind = 'platform' and reversal.paid_on <= as_of_on
    group by reversal.reverses_repayment_id
)

select 'repayment ' || repayment.repayment_id as entity, 'payer_kind' as field,
    (repayment.principal + repayment.interest + repayment.penalty + coalesce(reversed.amount, 0))::varchar as masked_value,
    'the platform paid the lenders of loan ' || repayment.loan_id || ' on ' || repayment.paid_on as message
from {{ ref('stg_repayments') }} as repayment
left join reversed on reversed.repayment_id = repayment.repayment_id
where repayment.payer_kind = 'platform' and repayment.payee_kind = 'lenders' and repayment.paid_on <= as_of_on
    and repayment.principal + repayment.interest + repayment.penalty > 0
    and repayment.principal + repayment.interest + repayment.penalty + coalesce(reversed.amount, 0) > 0
