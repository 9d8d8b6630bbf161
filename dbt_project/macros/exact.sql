{# Arithmetic without floating point, on whole numbers of up to 38 digits. DuckDB holds them in 128 bits and divides decimals as doubles.
   Spark holds them as decimal(38, 0); its own division of whole numbers supports only 64 bits. So the type, the quotient and the power of
   ten are macros with one version per engine; everything built on them is written once. The spark__ versions were run on Spark 4.3.0 by
   hand, with the settings of docs/decisions/0012, except spark__quotient; the tests do not use Spark yet. #}

{# A value as a whole number, rounded half away from zero. #}
{% macro as_whole(value) -%} {{ adapter.dispatch('as_whole')(value) }} {%- endmacro %}
{% macro duckdb__as_whole(value) -%} cast({{ value }} as hugeint) {%- endmacro %}
{% macro spark__as_whole(value) -%} cast({{ value }} as decimal(38, 0)) {%- endmacro %}

{# A value, or the nearer bound where the value is outside. #}
{% macro within(value, least, most) -%} least(greatest({{ value }}, {{ least }}), {{ most }}) {%- endmacro %}

{# One followed by this many zeros, a constant. #}
{% macro ten_to(places) -%} {{ as_whole('1' ~ '0' * places) }} {%- endmacro %}

{# The same where a column gives the number of zeros. #}
{% macro ten_to_the(places) -%} {{ as_whole("rpad('1', " ~ places ~ " + 1, '0')") }} {%- endmacro %}

{# part ÷ by, digits after the point cut off; both are whole numbers. #}
{% macro divided(part, by) -%} {{ adapter.dispatch('divided')(part, by) }} {%- endmacro %}
{% macro duckdb__divided(part, by) -%} (({{ part }}) // ({{ by }})) {%- endmacro %}
{# The remainder is taken off first, so that nothing is rounded. How many digits a quotient may have before the point depends on the type of
   the divisor: 20 with all 38 digits, 29 with 18. More digits are an error, never a wrong number. #}
{% macro spark__divided(part, by) -%}
    cast(case
        when abs({{ by }}) < {{ ten_to(18) }}
            then ({{ as_whole(part) }} - {{ as_whole(part) }} % {{ as_whole(by) }}) / cast({{ by }} as decimal(18, 0))
        else ({{ as_whole(part) }} - {{ as_whole(part) }} % {{ as_whole(by) }}) / {{ as_whole(by) }}
    end as decimal(38, 0))
{%- endmacro %}

{# part ÷ by rounded half away from zero; both are whole numbers, by > 0. #}
{% macro rounded_quotient(part, by) -%}
    {{ divided('(' ~ part ~ ') * 2 + case when ' ~ part ~ ' < 0 then -(' ~ by ~ ') else ' ~ by ~ ' end', '(' ~ by ~ ') * 2') }}
{%- endmacro %}

{# part ÷ whole rounded half up, both whole numbers, whole > 0. #}
{% macro quotient(part, whole) -%} {{ adapter.dispatch('quotient')(part, whole) }} {%- endmacro %}
{# Nearly all values fit into 64 bits, where division is ten times as fast. #}
{% macro duckdb__quotient(part, whole) -%}
    case
        when abs({{ part }}) < 2000000000000000000 and {{ whole }} < 2000000000000000000
            then ((2 * cast({{ part }} as bigint) + cast({{ whole }} as bigint)) // (2 * cast({{ whole }} as bigint)))::hugeint
        else (2 * {{ part }} + {{ whole }}) // (2 * {{ whole }})
    end
{%- endmacro %}
{% macro spark__quotient(part, whole) -%} {{ divided('2 * (' ~ part ~ ') + ' ~ whole, '2 * (' ~ whole ~ ')') }} {%- endmacro %}

{# A money amount in cents. #}
{% macro cents(amount) -%} {{ as_whole('cast(' ~ amount ~ ' as decimal(34, 2)) * 100::decimal(3, 0)') }} {%- endmacro %}

{# part ÷ whole in units of 10^-24, rounded half up; both are money, whole > 0, both from one row. If a part is many times the most that one
   row may hold, it is split into wholes and a rest, because the product would have too many digits. #}
{% macro share_of(part, whole) -%}
    case
        when abs({{ part }}) < 500000000000
            then {{ _share_of(cents(part), cents(whole)) }}
        else {{ divided(cents(part), cents(whole)) }} * {{ ten_to(24) }} + {{ _share_of('(' ~ cents(part) ~ ' % ' ~ cents(whole) ~ ')', cents(whole)) }}
    end
{%- endmacro %}
{% macro _share_of(part_cents, whole_cents) -%}
    {{ divided(part_cents ~ ' * ' ~ ten_to(24) ~ ' * 2 + ' ~ whole_cents, '2 * ' ~ whole_cents) }}
{%- endmacro %}

{# A share (10^-24) of an amount of one row, in units of 10^-9 cents, rounded half away from zero. A share above one, from a source that
   books too much, is split in the same way. Shares of zero and one, which most credits are, need no division. #}
{% macro position_of(share, amount) -%} {{ position_of_cents(share, cents(amount)) }} {%- endmacro %}
{% macro position_of_cents(share, cents) -%}
    case
        when {{ share }} = 0 or {{ cents }} = 0 then {{ as_whole(0) }}
        when {{ share }} = {{ ten_to(24) }} then {{ cents }} * {{ ten_to(9) }}
        when abs({{ share }}) < {{ ten_to(24) }} * 5
            then {{ rounded_quotient(share ~ ' * ' ~ cents, ten_to(15)) }}
        else {{ divided(share, ten_to(24)) }} * {{ cents }} * {{ ten_to(9) }}
            + {{ rounded_quotient('(' ~ share ~ ' % ' ~ ten_to(24) ~ ') * ' ~ cents, ten_to(15)) }}
    end
{%- endmacro %}

{# A share (10^-24) in units of 10^-18, digits after the point cut off. #}
{% macro coarse_share(share) -%} {{ adapter.dispatch('coarse_share')(share) }} {%- endmacro %}
{# Nearly all shares are between none and all. Divided in two parts of 64 bits, which is ten times as fast: 2^40 is 1,099,511 millions and
   627,776. #}
{% macro duckdb__coarse_share(share) -%}
    case
        when {{ share }} between 0 and {{ ten_to(24) }} then (
            ({{ share }} >> 40)::bigint * 1099511 + (({{ share }} >> 40)::bigint * 627776 + ({{ share }} & 1099511627775)::bigint) // 1000000
        )::hugeint
        else {{ divided(share, ten_to(6)) }}
    end
{%- endmacro %}
{% macro spark__coarse_share(share) -%} {{ divided(share, ten_to(6)) }} {%- endmacro %}

{# A share (10^-24) of cents in units of 10^-9 cents, digits after the point cut off. #}
{% macro coarse_claim_of(share, cents) -%}
    {{ divided(share, ten_to(24)) }} * {{ cents }} * {{ ten_to(9) }} + {{ divided('(' ~ share ~ ' % ' ~ ten_to(24) ~ ') * ' ~ cents, ten_to(15)) }}
{%- endmacro %}

{# A sum of claims as money with 11 decimals, rounded half away from zero once, so that sums of it are not rounded again; 0 for none.
   `units` of the claim are 10^-9 cents. #}
{% macro amount_of_claim(claim, units) -%}
    coalesce({{ rounded_quotient(claim, units) }}, 0)::decimal(38, 0) * 0.00000000001::decimal(11, 11)
{%- endmacro %}

{# The whole cents of a number of 10^-9 cents, rounded down, and the remainder: 0 <= remainder < 10^9, for negative numbers too. #}
{% macro cents_remainder(units) -%} ((({{ units }}) % {{ ten_to(9) }} + {{ ten_to(9) }}) % {{ ten_to(9) }}) {%- endmacro %}
{% macro cents_below(units) -%} {{ divided('(' ~ units ~ ') - ' ~ cents_remainder(units), ten_to(9)) }} {%- endmacro %}

{# Rounds parts in 10^-9 cents to money so that the parts of a group add up to `whole` (also 10^-9 cents) rounded half up. The cents that
   rounding down leaves over go to the largest remainders, ties to the lower `tie`. #}
{% macro largest_remainder(part, whole, group, tie) -%}
    {%- set below, of_group = cents_below(part), group | join(', ') -%}
    cast(({{ below }} + (row_number() over (partition by {{ of_group }} order by {{ cents_remainder(part) }} desc, {{ tie }})
        <= {{ cents_below(whole ~ ' + ' ~ as_whole('500000000')) }} - sum({{ below }}) over (partition by {{ of_group }}))::integer)
        as decimal(34, 0)) * 0.01::decimal(3, 2)
{%- endmacro %}

{# A whole number in units of 10^-digits (at most 8 digits) as decimal(38, 8). #}
{% macro shown(units, digits) -%} {{ adapter.dispatch('shown')(units, digits) }} {%- endmacro %}
{# Through its text: the product of a decimal(38, 0) and a fraction could have too many digits for DuckDB. #}
{% macro duckdb__shown(units, digits) -%}
    {%- set eighths = "((" ~ units ~ ")::hugeint * 1" ~ '0' * (8 - digits) ~ ")" -%}
    cast(case when {{ eighths }} < 0 then '-' else '' end || (abs({{ eighths }}) // 100000000)::varchar
        || '.' || lpad((abs({{ eighths }}) % 100000000)::varchar, 8, '0') as decimal(38, 8))
{%- endmacro %}
{% macro spark__shown(units, digits) -%}
    cast({{ as_whole(units) }} * cast({{ '1' if digits == 0 else '0.' ~ '0' * (digits - 1) ~ '1' }} as decimal(9, {{ digits }})) as decimal(38, 8))
{%- endmacro %}

{# A decimal of at most 8 places as a whole number in units of 10^-8. #}
{% macro eighths(amount) -%} {{ as_whole("replace(cast(cast(" ~ amount ~ " as decimal(38, 8)) as varchar), '.', '')") }} {%- endmacro %}

{# part ÷ whole in units of 10^-24, digits after the point cut off, and the remainder, as parts of the whole and of a unit. Both are whole
   numbers of at most 26 digits, 0 <= part <= whole, whole > 0. Divided in two steps, because the product would have too many digits. What
   remains is what the quotient leaves, because multiplying is many times as fast as dividing. #}
{% macro share_below(part, whole) -%}
    {{ divided(part ~ ' * ' ~ ten_to(12), whole) }} * {{ ten_to(12) }} + {{ divided(_rest_of_share(part, whole) ~ ' * ' ~ ten_to(12), whole) }}
{%- endmacro %}
{% macro share_left(part, whole) -%} {{ remainder_of(_rest_of_share(part, whole) ~ ' * ' ~ ten_to(12), whole) }} {%- endmacro %}
{% macro _rest_of_share(part, whole) -%} {{ remainder_of(part ~ ' * ' ~ ten_to(12), whole) }} {%- endmacro %}
{% macro remainder_of(part, by) -%} ({{ part }} - {{ divided(part, by) }} * {{ by }}) {%- endmacro %}
