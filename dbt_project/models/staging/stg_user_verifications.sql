{{ config(materialized='view') }}

{{ staged_append('user_verifications', [
    'verification_id',
    'user_id',
    'verification_kind',
    'outcome',
    'verified_at',
    business_date('verified_at') ~ ' as verified_on'
], is_kept=false) }}
