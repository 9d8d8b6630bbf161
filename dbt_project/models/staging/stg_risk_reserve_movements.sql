{{ config(materialized='view') }}

{{ staged_append('risk_reserve_movements', [
    'movement_id',
    'movement_kind',
    'loan_id',
    'amount',
    'occurred_at',
    business_date('occurred_at') ~ ' as occurred_on'
], is_kept=false) }}
