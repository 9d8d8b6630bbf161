{{ config(materialized='table_function', parameters=['as_of_on']) }}
-- The principal that lenders received in the month up to a day, at most what was lent, as the home regime counts it. Grain: one row per
-- loan_id and paid_on.
with
readings as (
    {{ home_readings() }}
)

select receipt.loan_id, receipt.paid_on, receipt.repaid_amount
from {{ ref('ldg_principal_receipts') }} as receipt
inner join {{ ref('ldg_loans') }} as loan on loan.loan_id = receipt.loan_id
inner join readings on readings.counts_promotional or not loan.is_promotional
where {{ is_in_month('receipt.paid_on') }} and receipt.repaid_amount <> 0
