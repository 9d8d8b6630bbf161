{{ config(materialized='view') }}

{{ staged_append('media_mentions', [
    'mention_id',
    'outlet',
    'mention_kind',
    'campaign_id',
    'published_at',
    'reach',
    'sentiment',
    business_date('published_at') ~ ' as published_on'
], is_kept=false) }}
