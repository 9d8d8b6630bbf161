{{ config(materialized='incremental', incremental_strategy='append', pre_hook="{{ forget_touched_loans() }}") }}
-- What was paid on an instalment on a day, and in all by the end of that day. A payment dated before the disbursement counts from the day
-- of disbursement: before it there is no loan that it could change.
with
daily as (
    select
        repayment.loan_id,
        repayment.instalment_no,
        greatest(repayment.paid_on, loan.disbursed_on) as paid_on,
        sum(case when repayment.payee_kind = 'lenders' then repayment.principal else 0 end) as lender_principal_amount,
        sum(case when repayment.payee_kind = 'lenders' then repayment.interest else 0 end) as lender_interest_amount,
        sum(case when repayment.payer_kind = 'borrower' then repayment.principal + repayment.interest else 0 end) as borrower_paid_amount
    from {{ ref('stg_repayments') }} as repayment
    inner join {{ touched_loans() }} as loan on loan.loan_id = repayment.loan_id
    group by all
)

select
    loan_id,
    instalment_no,
    paid_on,
    cast(lender_principal_amount as decimal(18, 2)) as lender_principal_amount,
    cast(sum(lender_principal_amount) over until_that_day as decimal(18, 2)) as lender_principal_to_date_amount,
    cast(sum(lender_interest_amount) over until_that_day as decimal(18, 2)) as lender_interest_to_date_amount,
    cast(sum(borrower_paid_amount) over until_that_day as decimal(18, 2)) as borrower_paid_to_date_amount,
    coalesce(lead(paid_on) over (partition by loan_id, instalment_no order by paid_on), {{ open_end() }}) as next_paid_on
from daily
window until_that_day as (partition by loan_id, instalment_no order by paid_on)
