{{ config(materialized='table_macro') }}
-- A row: a payment by the platform to the lenders that has not been taken back.
select 'repayment ' || repayment.repayment_id as entity, 'payer_kind' as field,
    (repayment.principal + repayment.interest + repayment.penalty)::varchar as masked_value,
    'the platform paid the lenders of loan ' || repayment.loan_id || ' on ' || repayment.paid_on as message
from {{ ref('stg_repayments') }} as repayment
where repayment.payer_kind = 'platform' and repayment.payee_kind = 'lenders' and repayment.paid_on <= as_of_on
    and repayment.principal + repayment.interest + repayment.penalty > 0
    and not exists (
        select 1 from {{ ref('stg_repayments') }} as reversal
        where reversal.reverses_repayment_id = repayment.repayment_id and reversal.paid_on <= as_of_on
    )
