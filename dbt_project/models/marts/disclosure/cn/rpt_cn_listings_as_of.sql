{{ config(materialized='table_function', parameters=['as_of_on']) }}
-- One row per listing in scope that was fully funded in the month of the day, by the day.
select
    listing.loan_id,
    1 as listings_count,
    cast({{ microseconds('listing.fully_funded_at') }} - {{ microseconds('listing.listed_at') }} as decimal(30, 0)) * 0.000001::decimal(7, 6) as funding_seconds
from {{ ref('stg_loans') }} as listing
cross join {{ rows_of('rpt_cn_readings_as_of', 'as_of_on') }} as readings
left join {{ ref('stg_products') }} as product on product.product_id = listing.product_id
where listing.deleted_at is null
    and listing.fully_funded_on between date_trunc('month', as_of_on)::date and as_of_on
    and (readings.counts_promotional or not coalesce(product.is_promotional, false))
