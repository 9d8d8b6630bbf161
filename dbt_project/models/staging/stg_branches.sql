{{ config(materialized='view') }}

{{ staged_newest('branches', ['branch_id'], [
    'branch_id',
    'name',
    'province_code',
    'opened_on',
    'closed_on'
], is_kept=false) }}
