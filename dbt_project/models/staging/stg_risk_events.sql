{{ config(incremental_strategy='delete+insert', unique_key=['risk_event_id']) }}

{{ staged_newest('risk_events', ['risk_event_id'], [
    'risk_event_id',
    'event_kind',
    'occurred_at',
    'disclosed_at',
    'description',
    business_date('occurred_at') ~ ' as occurred_on'
]) }}
