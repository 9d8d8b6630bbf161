{# A figure as a row of a list (row_each): its code, numerator and denominator; without a denominator it is the numerator. #}
{% macro figure_row(code, numerator, denominator='null') -%}
    {'code': '{{ code }}', 'numerator': ({{ numerator }})::decimal(38, 8), 'denominator': ({{ denominator }})::decimal(38, 8)}
{%- endmacro %}
