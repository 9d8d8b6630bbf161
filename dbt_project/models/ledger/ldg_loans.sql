{{ config(materialized='incremental', incremental_strategy='append', pre_hook="{{ forget_touched_loans() }}") }}
select
    listing.loan_id,
    listing.borrower_id,
    listing.product_id,
    listing.institution_id,
    coalesce(product.is_promotional, false) as is_promotional,
    listing.amount,
    listing.annual_rate,
    listing.term_months,
    listing.disbursed_at,
    listing.disbursed_on
from {{ ref('stg_loans') }} as listing
left join {{ ref('stg_products') }} as product on product.product_id = listing.product_id
where listing.disbursed_at is not null
    and listing.deleted_at is null
    and {{ is_touched('listing.loan_id') }}
