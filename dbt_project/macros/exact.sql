{# Arithmetic without floating point: DuckDB divides decimals as doubles, so quotients are made of integers. #}

{# A money amount in cents as a 128-bit integer. #}
{% macro cents(amount) -%} cast(cast({{ amount }} as decimal(34, 2)) * 100::decimal(3, 0) as hugeint) {%- endmacro %}

{# part ÷ whole in units of 10^-24, rounded half up; both are money, whole > 0. #}
{% macro share_of(part, whole) -%}
    (({{ cents(part) }} * 1000000000000000000000000::hugeint * 2 + {{ cents(whole) }}) // (2 * {{ cents(whole) }}))
{%- endmacro %}

{# part ÷ whole rounded half up, both 128-bit integers, whole > 0. Nearly all fit into 64 bits, which divide ten times as fast. #}
{% macro quotient(part, whole) -%}
    case
        when abs({{ part }}) < 2000000000000000000 and {{ whole }} < 2000000000000000000
            then ((2 * cast({{ part }} as bigint) + cast({{ whole }} as bigint)) // (2 * cast({{ whole }} as bigint)))::hugeint
        else (2 * {{ part }} + {{ whole }}) // (2 * {{ whole }})
    end
{%- endmacro %}

{# A share (10^-24) of an amount, in units of 10^-9 cents, rounded half away from zero. #}
{% macro position_of(share, amount) -%}
    (({{ share }} * {{ cents(amount) }} * 2 + sign({{ share }} * {{ cents(amount) }})::hugeint * 1000000000000000::hugeint) // 2000000000000000::hugeint)
{%- endmacro %}

{# A sum of claims (10^-24 cents) in units of 10^-9 cents, rounded half away from zero; 0 for none. #}
{% macro position_of_claim(claim) -%}
    coalesce(({{ claim }} * 2 + sign({{ claim }})::hugeint * 1000000000000000::hugeint) // 2000000000000000::hugeint, 0)
{%- endmacro %}

{# The same as money to the last digit, 11 decimals: so that sums of it are rounded once. #}
{% macro amount_of_claim(claim) -%} ({{ position_of_claim(claim) }})::decimal(38, 0) * 0.00000000001::decimal(11, 11) {%- endmacro %}

{# Whole cents below a number of 10^-9 cents, and what is left of it: 0 <= remainder < 10^9, for negative numbers as well. #}
{% macro cents_remainder(units) -%} ((({{ units }}) % 1000000000::hugeint + 1000000000::hugeint) % 1000000000::hugeint) {%- endmacro %}
{% macro cents_below(units) -%} ((({{ units }}) - {{ cents_remainder(units) }}) // 1000000000::hugeint) {%- endmacro %}

{# Parts in 10^-9 cents rounded to money so that those of a group add up to `whole` (10^-9 cents too) rounded half up: the cents that
   rounding down leaves over go to the largest remainders, ties to the lower `tie`. #}
{% macro largest_remainder(part, whole, group, tie) -%}
    {%- set below, of_group = cents_below(part), group | join(', ') -%}
    cast(({{ below }} + (row_number() over (partition by {{ of_group }} order by {{ cents_remainder(part) }} desc, {{ tie }})
        <= {{ cents_below(whole ~ ' + 500000000::hugeint') }} - sum({{ below }}) over (partition by {{ of_group }}))::integer)
        as decimal(34, 0)) * 0.01::decimal(3, 2)
{%- endmacro %}

{# An integer counted in units of 10^-digits as decimal(38,8), rounded half up (away from zero). #}
{% macro shown(units, digits) -%}
    {%- if digits > 8 -%}
        {%- set step = '1' ~ '0' * (digits - 8) -%}
        {%- set eighths = "(sign(" ~ units ~ ")::hugeint * ((abs(" ~ units ~ ")::hugeint * 2 + " ~ step ~ ") // (2 * " ~ step ~ ")))" -%}
    {%- else -%}
        {%- set eighths = "((" ~ units ~ ")::hugeint * 1" ~ '0' * (8 - digits) ~ ")" -%}
    {%- endif -%}
    cast(case when {{ eighths }} < 0 then '-' else '' end || (abs({{ eighths }}) // 100000000)::varchar
        || '.' || lpad((abs({{ eighths }}) % 100000000)::varchar, 8, '0') as decimal(38, 8))
{%- endmacro %}

{# A decimal of at most 8 places as an integer in units of 10^-8. #}
{% macro eighths(amount) -%} cast(replace(cast(cast({{ amount }} as decimal(38, 8)) as varchar), '.', '') as hugeint) {%- endmacro %}
