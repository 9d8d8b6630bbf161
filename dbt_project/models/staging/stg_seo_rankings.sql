{{ config(materialized='view') }}

{{ staged_append('seo_rankings', [
    'observed_on',
    'engine',
    'keyword',
    'position',
    'landing_path',
    'search_volume'
], is_kept=false) }}
