{{ config(materialized='view') }}

{{ staged_newest('rewards', ['reward_id'], [
    'reward_id',
    'user_id',
    'campaign_id',
    'reward_kind',
    'amount',
    'granted_at',
    'redeemed_at',
    'expires_at',
    business_date('granted_at') ~ ' as granted_on',
    business_date('redeemed_at') ~ ' as redeemed_on',
    business_date('expires_at') ~ ' as expires_on'
], is_kept=false) }}
