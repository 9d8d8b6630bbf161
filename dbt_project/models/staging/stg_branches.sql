{{ config(incremental_strategy='delete+insert', unique_key=['branch_id']) }}

{{ staged_newest('branches', ['branch_id'], [
    'branch_id',
    'name',
    'province_code',
    'opened_on',
    'closed_on'
]) }}
