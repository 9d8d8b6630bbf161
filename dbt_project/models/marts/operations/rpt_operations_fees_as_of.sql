{{ config(materialized='table_function', parameters=['as_of_on']) }}
-- The fees of the month up to a day, less refunds, as the home regime counts them: a fee without a loan always counts. Grain: one row per
-- fee_id.
with
readings as (
    {{ home_readings() }}
)

select fee.fee_id, fee.fee_kind, fee.user_id, fee.loan_id, fee.charged_on, fee.amount as fees_amount
from {{ ref('stg_fees') }} as fee
left join {{ ref('dim_listings') }} as listing on listing.loan_id = fee.loan_id
inner join readings on readings.counts_promotional or not coalesce(listing.is_promotional, false)
where {{ is_in_month('fee.charged_on') }}
