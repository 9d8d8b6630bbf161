{# What differs between builds. Control tables (ctl_…) and these functions exist before the models run (`warehouse/preparation.py`). #}

{# Whether everything is computed again, from the first load. #}
{% macro is_full_build() -%} {{- return(should_full_refresh() or not execute) -}} {%- endmacro %}

{# Whether the loads that are new to this build brought rows of a contract table. #}
{% macro has_new_rows(table_name) -%}
    {%- set rows = source('arrivals', table_name) -%}
    {{- return(execute and run_query('select count(*) > 0 from ' ~ rows).columns[0].values()[0]) -}}
{%- endmacro %}

{# Whether the loads that are new to this build found that rows of an append table are gone from the source. #}
{% macro has_tombstones(table_name) -%}
    {%- set keys = source('tombstones', table_name) -%}
    {{- return(execute and run_query('select count(*) > 0 from ' ~ keys).columns[0].values()[0]) -}}
{%- endmacro %}

{# The calendar day of an instant in UTC, in the platform's time zone. #}
{% macro business_date(instant) -%} business_date({{ instant }}) {%- endmacro %}

{# The newest load that the database held before this build; 0 if it held none. #}
{% macro seen_load_seq() -%} working.main.seen_load_seq() {%- endmacro %}

{# The latest business date with data, or null for a platform without any data. #}
{% macro latest_business_date() -%} latest_business_date() {%- endmacro %}

{# A value, or null where the source never supplied the column (`table.column`) and the mapping had to fill it in. #}
{% macro if_supplied(supply_name, value) -%}
    case
        when (select supply.is_supplied from {{ source('control', 'ctl_supplied') }} as supply where supply.supply_name = '{{ supply_name }}')
            then {{ value }}
    end
{%- endmacro %}

{# A query of one row per figure that needs something from the source: whether the source fails to supply part of it. #}
{% macro missing_supplies() -%}
        select needed.code, bool_or(not supplied.is_supplied) as is_missing
        from {{ source('control', 'ctl_metric_needs') }} as needed
        inner join {{ source('control', 'ctl_supplied') }} as supplied on supplied.supply_name = needed.supply_name
        group by needed.code
{%- endmacro %}
