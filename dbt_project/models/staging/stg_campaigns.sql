{{ config(materialized='view') }}

{{ staged_newest('campaigns', ['campaign_id'], [
    'campaign_id',
    'code',
    'name',
    'campaign_kind',
    'starts_on',
    'ends_on',
    'budget'
], is_kept=false) }}
