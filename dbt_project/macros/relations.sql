{# How models name what they read. A snapshot can be opened under any name, renamed, or attached beside others. So its contents must not
   name the database in which it was built. #}

{# ref() without the name of the warehouse's own database; otherwise the same as dbt's own. #}
{% macro ref() -%}
    {%- set found = builtins.ref(*varargs, **kwargs) -%}
    {%- do return(found.include(database=false) if found.database == target.database else found) -%}
{%- endmacro %}

{# source(), in the same way. #}
{% macro source() -%}
    {%- set found = builtins.source(*varargs) -%}
    {%- do return(found.include(database=false) if found.database == target.database else found) -%}
{%- endmacro %}

{# A call of a table function (a model of materialization table_function) with its arguments as SQL: the only way in which models read one,
   so that dbt knows of it. #}
{% macro rows_of(model_name) -%} {{ ref(model_name) }}({{ varargs | join(', ') }}) {%- endmacro %}

{# A table of the snapshot that this build starts from. It is named in every build, so that dbt knows of it; a full build has no such table
   and never queries one. #}
{% macro previous(table_name) -%}
    {%- if not execute or not is_full_build() -%} {{ source('previous', table_name) }} {%- endif -%}
{%- endmacro %}
