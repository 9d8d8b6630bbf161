{{ config(materialized='view') }}

{{ staged_append('custodian_entries', [
    'entry_id',
    'custodian_reference',
    'user_id',
    'amount',
    'booked_at',
    business_date('booked_at') ~ ' as booked_on'
], is_kept=false) }}
