{{ config(materialized='view') }}

{{ staged_append('web_sessions', [
    'session_id',
    'visitor_id',
    'user_id',
    'started_at',
    'landing_path',
    'referrer_url',
    'utm_source',
    'utm_medium',
    'utm_campaign',
    'utm_term',
    'utm_content',
    'invitation_code',
    'device_kind',
    'page_views',
    business_date('started_at') ~ ' as started_on'
], is_kept=false) }}
