{{ config(materialized='view') }}

{{ staged_append('loan_events', [
    'event_id',
    'loan_id',
    'event_kind',
    'occurred_at',
    'note',
    business_date('occurred_at') ~ ' as occurred_on'
], is_kept=false) }}
