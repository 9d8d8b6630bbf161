-- Every listing that is not deleted, funded or not, with its segments and the days of its events. Which channel brought the borrower is not
-- here: it comes from marketing. Grain: one row per loan_id.
select
    listing.loan_id,
    listing.borrower_id,
    coalesce(product.is_promotional, false) as is_promotional,
    listing.product_id::varchar as product,
    coalesce(product.operating_mode, 'none') as operating_mode,
    coalesce(product.security_kind, 'none') as security,
    coalesce(product.repayment_method, 'none') as repayment_method,
    coalesce({{ if_supplied('loans.credit_grade', own_name('listing.credit_grade')) }}, 'none') as grade,
    coalesce({{ own_name('borrower.province_code') }}, 'none') as province,
    coalesce({{ own_name('borrower.industry_code') }}, 'none') as industry,
    coalesce(listing.branch_id::varchar, 'none') as branch,
    coalesce(listing.institution_id::varchar, 'none') as institution,
    listing.amount,
    listing.listed_on,
    listing.fully_funded_on,
    case when listing.fully_funded_at is null and listing.status in ('funding_failed', 'withdrawn') then listing.closed_on end as failed_on,
    cast({{ microseconds('listing.fully_funded_at') }} - {{ microseconds('listing.listed_at') }} as decimal(30, 0)) * 0.000001::decimal(7, 6) as funding_seconds
from {{ ref('stg_loans') }} as listing
left join {{ ref('stg_products') }} as product on product.product_id = listing.product_id
left join {{ ref('ldg_users') }} as borrower on borrower.user_id = listing.borrower_id
where listing.deleted_at is null
