{# The control tables (ctl_…) and functions are there before the models run (`orchestration/functions.py`). What differs from build to build is
   asked of them when a model runs, so that its SQL stays the same; the two macros here answer when dbt reads a model, for the few whose SQL itself
   is another: a build keeps what dbt made of the models for as long as these answers stay (`orchestration/plan.py`). #}

{# Whether everything is computed anew; yes while dbt only parses. #}
{% macro is_full_build() -%}
    {{- return(not execute or answer("select value from ctl_parameters where name = 'is_full'") == 'true') -}}
{%- endmacro %}

{# Whether the loads that this build has not seen brought rows of a contract table. #}
{% macro has_new_rows(table_name) -%}
    {{- return(execute and answer("select count(*) > 0 from ctl_lake_files where is_new and table_name = '" ~ table_name ~ "'")) -}}
{%- endmacro %}

{# The one value that a query on control tables gives. #}
{% macro answer(query) -%}
    {{- return(run_query(query).columns[0].values()[0]) -}}
{%- endmacro %}

{# Calendar day, in the platform's time zone, of an instant in UTC. #}
{% macro business_date(instant) -%} business_date({{ instant }}) {%- endmacro %}

{# The newest load that the database held before this build; 0 when it held none. #}
{% macro seen_load_seq() -%} seen_load_seq() {%- endmacro %}

{# The latest business date with data, or null for a platform without any. #}
{% macro latest_business_date() -%} latest_business_date() {%- endmacro %}

{# A value, or null where the source never supplied the column (`table.column`) and the mapping had to put something in its place. #}
{% macro if_supplied(supply_name, value) -%}
    case
        when (select supply.is_supplied from {{ source('control', 'ctl_supplied') }} as supply where supply.supply_name = '{{ supply_name }}')
            then {{ value }}
    end
{%- endmacro %}
