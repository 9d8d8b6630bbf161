{{ config(materialized='table_macro') }}
-- A row: an append table whose rows, or the sum of one of its money columns, are in staging not what the load log calls new, less what it calls gone.
{% set tables = {
    'investments': ['amount'],
    'claim_transfers': ['principal', 'price'],
    'instalments': ['principal_due', 'interest_due', 'fee_due'],
    'repayments': ['principal', 'interest', 'penalty', 'fee'],
    'fees': ['amount']
} %}
with
staged as (
    {%- for name, columns in tables.items() %}
    select '{{ name }}' as table_name, unnest([
        {'field': 'rows', 'total': count(*)::decimal(38, 2)}
        {%- for column in columns %},
        {'field': '{{ column }}', 'total': coalesce(sum({{ column }}), 0)::decimal(38, 2)}
        {%- endfor %}
    ], recursive := true)
    from {{ ref('stg_' ~ name) }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

logged as (
    select table_name, 'rows' as field, sum(rows_new - rows_gone)::decimal(38, 2) as total
    from {{ source('control', 'ctl_load_tables') }}
    group by table_name
    union all
    select table_name, column_name, sum(new_amount - gone_amount)::decimal(38, 2)
    from {{ source('control', 'ctl_load_sums') }}
    group by table_name, column_name
)

select 'table ' || staged.table_name as entity, staged.field, staged.total::varchar as masked_value,
    'staging holds ' || staged.total || ', the load log says ' || coalesce(logged.total, 0) as message
from staged
left join logged on logged.table_name = staged.table_name and logged.field = staged.field
where staged.total <> coalesce(logged.total, 0) and as_of_on is not null
