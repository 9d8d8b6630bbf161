{# Arithmetic without floating point: DuckDB divides decimals as doubles, so quotients are made of integers. #}

{# A money amount in cents as a 128-bit integer. #}
{% macro cents(amount) -%} cast(cast({{ amount }} as decimal(34, 2)) * 100::decimal(3, 0) as hugeint) {%- endmacro %}

{# part ÷ whole in units of 10^-24, rounded half up; both are money, whole > 0. #}
{% macro share_of(part, whole) -%}
    (({{ cents(part) }} * 1000000000000000000000000::hugeint * 2 + {{ cents(whole) }}) // (2 * {{ cents(whole) }}))
{%- endmacro %}

{# A share (10^-24) of an amount, in units of 10^-9 cents, rounded half up. #}
{% macro position_of(share, amount) -%}
    (({{ share }} * {{ cents(amount) }} * 2 + 1000000000000000::hugeint) // 2000000000000000::hugeint)
{%- endmacro %}
