{{ config(materialized='table_function', parameters=['as_of_on']) }}
-- One row per append table whose rows in staging, or the sum of one of its money columns, differ from the load log (new less gone); or
-- table whose rows in quarantine, or their money, differ from what the load log calls quarantined and released.
{% set tables = ['investments', 'claim_transfers', 'instalments', 'repayments', 'fees'] %}
with
staged as (
    {%- for name in tables %}
    {%- set totals = ["{'field': 'rows', 'total': count(*)::decimal(38, 2)}"] -%}
    {%- for column in contract_tables()[name].money -%}
        {%- do totals.append("{'field': '" ~ column ~ "', 'total': coalesce(sum(" ~ column ~ "), 0)::decimal(38, 2)}") -%}
    {%- endfor %}
    select '{{ name }}' as table_name, {{ row_each(totals) }}
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
),

logged_quarantine as (
    select table_name, 'rows' as field, sum(rows_quarantined)::decimal(38, 2) as total, sum(rows_released)::decimal(38, 2) as released
    from {{ source('control', 'ctl_load_tables') }}
    group by table_name
    union all
    select table_name, column_name, sum(quarantined_amount)::decimal(38, 2), sum(released_amount)::decimal(38, 2)
    from {{ source('control', 'ctl_load_sums') }}
    group by table_name, column_name
),

quarantined as (
    select table_name, 'rows' as field, count(*)::decimal(38, 2) as total, count_if(state_code = 'released')::decimal(38, 2) as released
    from {{ source('control', 'ctl_quarantine') }}
    group by table_name
    union all
    select table_name, column_name, open_amount + accepted_amount + superseded_amount + released_amount, released_amount
    from {{ source('control', 'ctl_quarantine_sums') }}
)

select 'table ' || staged.table_name as entity, staged.field, staged.total::varchar as masked_value,
    'staging holds ' || staged.total || ', the load log says ' || coalesce(logged.total, 0) as message
from staged
left join logged on logged.table_name = staged.table_name and logged.field = staged.field
where staged.total <> coalesce(logged.total, 0) and as_of_on is not null
union all
select 'table ' || table_name, 'quarantined ' || field, coalesce(held.total, 0)::varchar,
    'quarantine holds ' || coalesce(held.total, 0) || ', of which released ' || coalesce(held.released, 0) || '; the load log says '
    || coalesce(logged.total, 0) || ' and ' || coalesce(logged.released, 0)
from quarantined as held
full join logged_quarantine as logged using (table_name, field)
where (coalesce(held.total, 0) <> coalesce(logged.total, 0) or coalesce(held.released, 0) <> coalesce(logged.released, 0)) and as_of_on is not null
