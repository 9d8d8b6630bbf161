{{ config(materialized='view') }}

{{ staged_newest('loan_applications', ['application_id'], [
    'application_id',
    'borrower_id',
    'product_id',
    'applied_at',
    'amount',
    'term_months',
    'purpose',
    'decision',
    'decided_at',
    'reject_reason',
    business_date('applied_at') ~ ' as applied_on',
    business_date('decided_at') ~ ' as decided_on'
], is_kept=false) }}
