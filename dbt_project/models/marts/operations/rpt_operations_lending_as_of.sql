{{ config(materialized='table_function', parameters=['as_of_on']) }}
-- The loans disbursed in the month up to a day, with the products from which mean rate and mean term are computed, as the home regime
-- counts them. Grain: one row per loan_id.
with
readings as (
    {{ home_readings() }}
)

select
    loan.loan_id,
    loan.disbursed_on,
    1 as loans_count,
    loan.amount as lent_amount,
    cast(loan.amount as decimal(20, 2)) * loan.annual_rate as lent_amount_rate,
    loan.amount * loan.term_months as lent_amount_months
from {{ ref('ldg_loans') }} as loan
inner join readings on readings.counts_promotional or not loan.is_promotional
where {{ is_in_month('loan.disbursed_on') }}
