{{ config(materialized='view') }}

{{ staged_append('fund_movements', [
    'movement_id',
    'user_id',
    'movement_kind',
    'amount',
    'loan_id',
    'occurred_at',
    'custodian_reference',
    business_date('occurred_at') ~ ' as occurred_on'
], is_kept=false) }}
