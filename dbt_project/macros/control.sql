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

{# Calendar day, in the platform's time zone, of an instant in UTC. #}
{% macro business_date(instant) -%}
    cast(timezone('{{ parameter("timezone", "Asia/Shanghai") }}', timezone('UTC', {{ instant }})) as date)
{%- endmacro %}

{# The rows of a contract table that this build has not seen: only the Parquet files of new loads are opened. #}
{% macro lake(table_name) -%}
    {%- set files = [] -%}
    {%- if execute -%}
        {%- set found = run_query("select path from ctl_lake_files where table_name = '" ~ table_name ~ "' and is_new order by load_seq") -%}
        {%- set files = found.columns[0].values() -%}
    {%- endif -%}
    {%- if files | length -%}
        read_parquet([{% for file in files %}'{{ file | replace("'", "''") }}'{{ "," if not loop.last }}{% endfor %}], file_row_number = true)
    {%- else -%}
        (select *, cast(null as bigint) as file_row_number from ctl_empty_{{ table_name }})
    {%- endif -%}
{%- endmacro %}

{# The latest business date with data as a date literal, or null for a platform without any. #}
{% macro as_of_parameter() -%}
    {%- set latest = parameter('as_of_on', '') -%}
    {{ "date '" ~ latest ~ "'" if latest else 'cast(null as date)' }}
{%- endmacro %}
