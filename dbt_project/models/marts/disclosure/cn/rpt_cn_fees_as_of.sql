{{ config(materialized='table_function', parameters=['as_of_on']) }}
-- One row per fee charged in the month of the day, by the day; fees on promotional listings are out of scope like the listings.
select fee.fee_id, fee.fee_kind, fee.amount
from {{ ref('stg_fees') }} as fee
cross join {{ rows_of('rpt_cn_readings_as_of', 'as_of_on') }} as readings
left join {{ ref('stg_loans') }} as listing on listing.loan_id = fee.loan_id
left join {{ ref('stg_products') }} as product on product.product_id = listing.product_id
where fee.charged_on between date_trunc('month', as_of_on)::date and as_of_on
    and (readings.counts_promotional or not coalesce(product.is_promotional, false))
