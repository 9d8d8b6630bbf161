{# Instants and days, where engines name the functions differently. Each spark__ version was run on Spark 4.3.0 by hand. #}

{# Microseconds from 1970 to an instant. #}
{% macro microseconds(instant) -%} {{ adapter.dispatch('microseconds')(instant) }} {%- endmacro %}
{% macro duckdb__microseconds(instant) -%} epoch_us({{ instant }}) {%- endmacro %}
{% macro spark__microseconds(instant) -%} unix_micros({{ instant }}) {%- endmacro %}

{# One whole number made of an instant and a number, to order by both: comparing two values takes five times as long. #}
{% macro instant_and_number(instant, number) -%}
    {{ as_whole(microseconds(instant)) }} * {{ as_whole('18446744073709551616') }} + {{ number }}
{%- endmacro %}

{# Every day, or every first of a month, from one day to another, as a list to unnest; empty where the first is after the last. The values
   are days or midnights: cast them to date. #}
{% macro days_from(first_on, last_on, step='day') -%} {{ adapter.dispatch('days_from')(first_on, last_on, step) }} {%- endmacro %}
{% macro duckdb__days_from(first_on, last_on, step) -%} generate_series({{ first_on }}, {{ last_on }}, interval 1 {{ step }}) {%- endmacro %}
{# Spark's sequence raises an error if the end is before the beginning. #}
{% macro spark__days_from(first_on, last_on, step) -%}
    case when {{ first_on }} <= {{ last_on }} then sequence(({{ first_on }})::date, ({{ last_on }})::date, interval 1 {{ step }}) end
{%- endmacro %}
