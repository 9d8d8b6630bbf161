{{ config(incremental_strategy='delete+insert', unique_key=['complaint_id']) }}

{{ staged_newest('complaints', ['complaint_id'], [
    'complaint_id',
    'user_id',
    'complaint_kind',
    'received_at',
    'resolved_at',
    'outcome',
    business_date('received_at') ~ ' as received_on',
    business_date('resolved_at') ~ ' as resolved_on'
]) }}
