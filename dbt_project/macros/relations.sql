{# How models read what dbt names otherwise than by a plain ref() or source(). #}

{# A call of a table function, a model of materialization table_function, with its arguments as SQL: the one way in which models read one, so that
   dbt knows of it. #}
{% macro rows_of(model_name) -%} {{ ref(model_name) }}({{ varargs | join(', ') }}) {%- endmacro %}

{# A table of the snapshot that this build starts from. Named whichever build it is, so that dbt knows of it; a full build has none and asks for none. #}
{% macro previous(table_name) -%}
    {%- if not execute or not is_full_build() -%} {{ source('previous', table_name) }} {%- endif -%}
{%- endmacro %}
