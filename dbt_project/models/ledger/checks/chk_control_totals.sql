{{ config(materialized='table_macro') }}
-- A row: an append table whose rows in staging are not the new rows of the load log.
{% set tables = ['investments', 'claim_transfers', 'instalments', 'repayments', 'fees'] %}
with
staged as (
    {%- for name in tables %}
    select '{{ name }}' as table_name, count(*) as rows_count from {{ ref('stg_' ~ name) }}{{ ' union all' if not loop.last }}
    {%- endfor %}
),

logged as (
    select table_name, sum(rows_new) as rows_count
    from {{ source('control', 'ctl_load_tables') }}
    group by table_name
)

select 'table ' || staged.table_name as entity, 'rows' as field, staged.rows_count::varchar as masked_value,
    'staging holds ' || staged.rows_count || ' rows, the load log says ' || coalesce(logged.rows_count, 0) as message
from staged
left join logged on logged.table_name = staged.table_name
where staged.rows_count <> coalesce(logged.rows_count, 0) and as_of_on is not null
