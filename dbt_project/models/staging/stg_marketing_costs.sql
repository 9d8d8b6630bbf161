{{ config(incremental_strategy='delete+insert', unique_key=['cost_on', 'channel', 'campaign_id']) }}

{{ staged_newest('marketing_costs', ['cost_on', 'channel', 'campaign_id'], [
    'cost_on',
    'channel',
    'campaign_id',
    'amount',
    'impressions',
    'clicks'
]) }}
