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
