{{ config(materialized='view') }}

{{ staged_newest('marketing_costs', ['cost_on', 'channel', 'campaign_id'], [
    'cost_on',
    'channel',
    'campaign_id',
    'amount',
    'impressions',
    'clicks'
], is_kept=false) }}
