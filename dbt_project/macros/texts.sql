{# Text functions, where engines differ. Each spark__ version was run on Spark 4.3.0 by hand. #}

{# A text without the spaces of any width at its ends: Spark's trim knows only the ASCII space. #}
{% macro trimmed(value) -%} {{ adapter.dispatch('trimmed')(value) }} {%- endmacro %}
{% macro duckdb__trimmed(value) -%} trim({{ value }}) {%- endmacro %}
{% macro spark__trimmed(value) -%} regexp_replace({{ value }}, '^\p{Zs}+|\p{Zs}+\z', '', 'g') {%- endmacro %}

{# A text in which each %XX stands for a byte of UTF-8 and every other character for itself; null where the bytes are not UTF-8. #}
{% macro decoded(value) -%} {{ adapter.dispatch('decoded')(value) }} {%- endmacro %}
{% macro duckdb__decoded(value) -%} try(url_decode({{ value }})) {%- endmacro %}
{# Spark reads a plus as a space, does not allow a lone percent sign, and writes U+FFFD where the bytes are not UTF-8. #}
{% macro spark__decoded(value) -%}
    {%- set strict = "try_url_decode(regexp_replace(replace(" ~ value ~ ", '+', '%2B'), '%(?![0-9a-fA-F]{2})', '%25', 'g'))" -%}
    case when not contains({{ strict }}, '�') or contains(upper({{ value }}), '%EF%BF%BD') then {{ strict }} end
{%- endmacro %}
