{{ config(incremental_strategy='append') }}

{{ staged_append('fees', [
    'fee_id',
    'fee_kind',
    'user_id',
    'loan_id',
    'amount',
    'charged_at',
    business_date('charged_at') ~ ' as charged_on'
]) }}
