{# One schema for everything: a snapshot is one file that a person opens, and prefixes distinguish the layers. #}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ target.schema }}
{%- endmacro %}
