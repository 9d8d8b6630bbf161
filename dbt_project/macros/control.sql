{# The control tables (ctl_…) are written before dbt starts; parameters come from there and never from --vars, which would break partial parsing. #}

{# Value of one build parameter as text; `fallback` while dbt only parses. #}
{% macro parameter(name, fallback='') -%}
    {%- if execute -%}
        {%- set found = run_query("select value from ctl_parameters where name = '" ~ name ~ "'") -%}
        {{- found.columns[0].values()[0] if found.rows | length else fallback -}}
    {%- else -%}
        {{- fallback -}}
    {%- endif -%}
{%- endmacro %}

{# Calendar day, in the platform's time zone, of an instant in UTC: a function that `define_functions` leaves in the warehouse. #}
{% macro business_date(instant) -%} business_date({{ instant }}) {%- endmacro %}

{# What every build defines before its models. `business_date(instant)`: where the zone has kept one offset since some day, adding it is ten
   times as fast as asking the calendar of time zones. `lake_files(table)`: the Parquet files of the loads that the build knows, and
   `lake_gone(table)`: those of the keys that loads found gone; so a view of the lake keeps its text from build to build, wherever the lake lies. #}
{% macro define_functions() -%}
    {%- if execute -%}
        {%- set in_zone = "timezone('" ~ parameter("timezone") ~ "', timezone('UTC', instant))" -%}
        {%- set since = parameter("zone_offset_since_at") -%}
        create or replace macro business_date(instant) as
        {% if since -%}
            cast(case when instant >= timestamp '{{ since }}' then instant + to_seconds({{ parameter("zone_offset_seconds") }}) else {{ in_zone }} end as date);
        {%- else -%}
            cast({{ in_zone }} as date);
        {%- endif %}
        {%- for name, listed in [("lake_files", "ctl_lake_files"), ("lake_gone", "ctl_lake_gone")] %}
        create or replace macro {{ name }}(contract_table) as {{ paths_by_table(listed) }};
        {%- endfor %}
    {%- endif -%}
{%- endmacro %}

{# The paths that a control table lists of the contract table `contract_table`, as an expression of it. #}
{% macro paths_by_table(listed) -%}
    {%- set found = run_query("select table_name, string_agg('''' || replace(path, '''', '''''') || '''', ', ' order by load_seq) from " ~ listed ~ " group by 1 order by 1") -%}
    {%- if found.rows | length -%}
        case contract_table {%- for row in found.rows %} when '{{ row[0] }}' then [{{ row[1] }}] {%- endfor %} else cast([] as varchar[]) end
    {%- else -%}
        cast([] as varchar[])
    {%- endif -%}
{%- endmacro %}

{# The rows of a contract table: of a kept one those that this build has not seen, so that only the files of new loads are opened. #}
{% macro lake(table_name, is_kept=true) -%}
    {%- set files = [] -%}
    {%- if execute -%}
        {%- set found = run_query(
            "select path from ctl_lake_files where table_name = '" ~ table_name ~ "'" ~ (" and is_new" if is_kept else "") ~ " order by load_seq"
        ) -%}
        {%- set files = found.columns[0].values() -%}
    {%- endif -%}
    {%- if files | length and not is_kept -%}
        read_parquet(lake_files('{{ table_name }}'), file_row_number = true)
    {%- elif files | length -%}
        read_parquet([{% for file in files %}'{{ file | replace("'", "''") }}'{{ "," if not loop.last }}{% endfor %}], file_row_number = true)
    {%- else -%}
        (select *, cast(null as bigint) as file_row_number from ctl_empty_{{ table_name }})
    {%- endif -%}
{%- endmacro %}

{# The condition that leaves out rows under the alias `arrived` whose key a later load found gone from the source; nothing where none was. #}
{% macro standing(table_name) -%}
    {%- set gone = run_query(
        "select distinct key_columns from ctl_lake_gone where table_name = '" ~ table_name ~ "'"
    ) if execute else none -%}
    {%- if gone and gone.rows | length -%}
        where not exists (
            select 1
            from read_parquet(lake_gone('{{ table_name }}')) as gone
            where {% for name in gone.rows[0][0].split(", ") %}gone.{{ name }} = arrived.{{ name }} and {% endfor %}gone._load_seq > arrived._load_seq
        )
    {%- endif -%}
{%- endmacro %}

{# The latest business date with data as a date literal, or null for a platform without any. #}
{% macro as_of_parameter() -%}
    {%- set latest = parameter('as_of_on', '') -%}
    {{ "date '" ~ latest ~ "'" if latest else 'cast(null as date)' }}
{%- endmacro %}

{# Whether the loads that this build has not seen brought rows of any of the tables. #}
{% macro has_new_rows(table_names) -%}
    {%- if execute -%}
        {%- set found = run_query(
            "select count(*) from ctl_lake_files where is_new and table_name in ('" ~ table_names | join("', '") ~ "')"
        ) -%}
        {{- found.columns[0].values()[0] > 0 -}}
    {%- endif -%}
{%- endmacro %}

{# A value, or null where the source never supplied the column (`table.column`) and the mapping had to put something in its place. #}
{% macro if_supplied(supply_name, value) -%}
    case
        when (select supply.is_supplied from {{ source('control', 'ctl_supplied') }} as supply where supply.supply_name = '{{ supply_name }}')
            then {{ value }}
    end
{%- endmacro %}
