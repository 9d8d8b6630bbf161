{{ config(incremental_strategy='append') }}

{{ staged_append('investments', [
    'investment_id',
    'loan_id',
    'lender_id',
    'amount',
    'invested_at',
    'placed_by',
    business_date('invested_at') ~ ' as invested_on'
]) }}
