{# Time from one day to another in days of 1/360 of a year: 30 for each whole month, so that a month is a twelfth of a year however long it is;
   31 January to 28 February is a whole month. #}
{% macro days_of_360(from_on, to_on) -%}
    {%- set months -%}
    ((year({{ to_on }}) - year({{ from_on }})) * 12 + month({{ to_on }}) - month({{ from_on }}))::integer
    {%- endset -%}
    case
        when ({{ from_on }} + {{ months }} * interval 1 month)::date = {{ to_on }} then 30 * {{ months }}
        else 30 * {{ months }} + least(day({{ to_on }}), 30)::integer - least(day({{ from_on }}), 30)::integer
    end
{%- endmacro %}
