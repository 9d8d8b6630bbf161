{{ config(materialized='table_function', parameters=['as_of_on']) }}
-- One row per loan in scope for which someone other than borrower and platform had paid the lenders by the day, less reversals.
select
    repayment.loan_id,
    sum(repayment.principal + repayment.interest + repayment.penalty) as compensated_amount
from {{ ref('stg_repayments') }} as repayment
inner join {{ ref('ldg_loans') }} as loan on loan.loan_id = repayment.loan_id
inner join {{ rows_of('rpt_cn_readings_as_of', 'as_of_on') }} as readings on readings.counts_promotional or not loan.is_promotional
where repayment.payee_kind = 'lenders'
    and repayment.payer_kind in ('guarantor', 'insurer', 'risk_reserve')
    and greatest(repayment.paid_on, loan.disbursed_on) <= as_of_on
group by repayment.loan_id
