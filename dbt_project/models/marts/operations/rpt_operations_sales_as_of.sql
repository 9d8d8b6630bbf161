{{ config(materialized='table_function', parameters=['as_of_on']) }}
-- The sales of claims in the month up to a day, as the home regime counts them. Grain: one row per transfer_id.
with
readings as (
    {{ home_readings() }}
)

select
    sale.transfer_id,
    sale.loan_id,
    sale.seller_id,
    sale.buyer_id,
    sale.transferred_on,
    1 as transfers_count,
    sale.principal as transferred_amount,
    sale.price as transfer_price_amount
from {{ ref('stg_claim_transfers') }} as sale
inner join {{ ref('dim_listings') }} as listing on listing.loan_id = sale.loan_id
inner join readings on readings.counts_promotional or not listing.is_promotional
where {{ is_in_month('sale.transferred_on') }}
