{{ config(incremental_strategy='append') }}

{{ staged_append('user_verifications', [
    'verification_id',
    'user_id',
    'verification_kind',
    'outcome',
    'verified_at',
    business_date('verified_at') ~ ' as verified_on'
]) }}
