{# How models name what they read. A snapshot is opened under any name, renamed, or attached beside others, so that what stays in it must not name
   the database that it was built in. #}

{# ref() without the name of the warehouse's own database: the same as dbt's own otherwise. #}
{% macro ref() -%}
    {%- set found = builtins.ref(*varargs, **kwargs) -%}
    {%- do return(found.include(database=false) if found.database == target.database else found) -%}
{%- endmacro %}

{# source(), likewise. #}
{% macro source() -%}
    {%- set found = builtins.source(*varargs) -%}
    {%- do return(found.include(database=false) if found.database == target.database else found) -%}
{%- endmacro %}

{# A call of a table function, a model of materialization table_function, with its arguments as SQL: the one way in which models read one, so that
   dbt knows of it. #}
{% macro rows_of(model_name) -%} {{ ref(model_name) }}({{ varargs | join(', ') }}) {%- endmacro %}

{# A table of the snapshot that this build starts from. Named whichever build it is, so that dbt knows of it; a full build has none and asks for none. #}
{% macro previous(table_name) -%}
    {%- if not execute or not is_full_build() -%} {{ source('previous', table_name) }} {%- endif -%}
{%- endmacro %}
