{# What people are worth: the days after a registration by which it is looked at, and how amounts of users are credited. #}

{# Days after the registration by which revenue and loss are added up, ascending. #}
{% macro value_windows() -%} {{- return([30, 90, 180, 365]) -}} {%- endmacro %}

{# Months on book at which loans of people who registered in different months are compared. #}
{% macro compared_book_months() -%} {{- return([6, 12]) -}} {%- endmacro %}

{# A share (10^-24) of a sum that may have eight digits after the point, in units of 10^-9 cents. Twelve digits of the share do. #}
{% macro fine_position_of(share, amount) -%}
    {{ rounded_quotient(divided(share, ten_to(12)) ~ ' * ' ~ eighths(amount), ten_to(9)) }}
{%- endmacro %}

{# Cents for each of the people whom a sum of shares (10^-24) stands for, as money rounded half away from zero; null for fewer than `least` of them. #}
{% macro amount_per_head(cents, people, least) -%}
    case when {{ people }} >= {{ least }} * {{ ten_to(24) }}
        then cast({{ shown(rounded_quotient('(' ~ cents ~ ') * ' ~ ten_to(6), _millionths(people)), 2) }} as decimal(34, 2)) end
{%- endmacro %}
{% macro _millionths(people) -%} {{ rounded_quotient(people, ten_to(18)) }} {%- endmacro %}

{# part ÷ whole to six digits, of whatever size and sign, both whole numbers; null for a whole of 0 or less, and where there are too few people. #}
{% macro ratio_of_group(part, whole, is_large) -%}
    case when {{ is_large }} and {{ whole }} > 0
        then cast({{ shown(rounded_quotient('(' ~ part ~ ') * ' ~ ten_to(6), whole), 6) }} as decimal(30, 6)) end
{%- endmacro %}
