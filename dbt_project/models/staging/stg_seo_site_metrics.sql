{{ config(materialized='view') }}

{{ staged_append('seo_site_metrics', [
    'observed_on',
    'engine',
    'indexed_pages',
    'backlinks',
    'authority',
    'traffic_rank'
], is_kept=false) }}
