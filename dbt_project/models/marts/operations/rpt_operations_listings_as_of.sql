{{ config(materialized='table_function', parameters=['as_of_on']) }}
-- The listings behind the operating figures of the month up to a day: those published, fully funded, or ended without full funding in it,
-- as the home regime counts them. Grain: one row per loan_id.
with
readings as (
    {{ home_readings() }}
)

select
    listing.loan_id,
    listing.listed_on,
    listing.fully_funded_on,
    listing.failed_on,
    {{ if_so(is_in_month('listing.listed_on')) }} as listings_count,
    {{ if_so(is_in_month('listing.listed_on'), 'listing.amount') }} as listed_amount,
    {{ if_so(is_in_month('listing.fully_funded_on')) }} as funded_count,
    {{ if_so(is_in_month('listing.failed_on')) }} as failed_count,
    {{ if_so(is_in_month('listing.fully_funded_on'), 'listing.funding_seconds') }} as funding_seconds
from {{ ref('dim_listings') }} as listing
inner join readings on readings.counts_promotional or not listing.is_promotional
where {{ is_in_month('listing.listed_on') }} or {{ is_in_month('listing.fully_funded_on') }} or {{ is_in_month('listing.failed_on') }}
