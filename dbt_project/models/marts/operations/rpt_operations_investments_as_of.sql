{{ config(materialized='table_function', parameters=['as_of_on']) }}
-- What was invested in the month up to a day, as the home regime counts it. Grain: one row per investment_id.
with
readings as (
    {{ home_readings() }}
)

select
    investment.investment_id,
    investment.lender_id,
    investment.loan_id,
    investment.invested_on,
    investment.amount as invested_amount,
    {{ automatic_amount('investment') }} as automatic_amount
from {{ ref('stg_investments') }} as investment
inner join {{ ref('dim_listings') }} as listing on listing.loan_id = investment.loan_id
inner join readings on readings.counts_promotional or not listing.is_promotional
where {{ is_in_month('investment.invested_on') }}
