{{ config(materialized='view') }}

{{ staged_newest('messages', ['message_id'], [
    'message_id',
    'user_id',
    'campaign_id',
    'medium',
    'sent_at',
    'opened_at',
    'clicked_at',
    'unsubscribed_at',
    business_date('sent_at') ~ ' as sent_on'
], is_kept=false) }}
