{{ config(materialized='view') }}

{{ staged_append('collection_actions', [
    'action_id',
    'loan_id',
    'action_kind',
    'acted_at',
    'outcome',
    business_date('acted_at') ~ ' as acted_on'
], is_kept=false) }}
