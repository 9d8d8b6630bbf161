{{ config(materialized='view') }}

{{ staged_append('page_checks', [
    'checked_at',
    'path',
    'http_status',
    'response_ms',
    business_date('checked_at') ~ ' as checked_on'
], is_kept=false) }}
