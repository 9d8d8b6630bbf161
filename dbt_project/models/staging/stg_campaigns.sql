{{ config(incremental_strategy='delete+insert', unique_key=['campaign_id']) }}

{{ staged_newest('campaigns', ['campaign_id'], [
    'campaign_id',
    'code',
    'name',
    'campaign_kind',
    'starts_on',
    'ends_on',
    'budget'
]) }}
