{# Rows from lists, lists from rows, hashes, and other functions that are special to DuckDB. Each spark__ version was run on Spark 4.3.0 by
   hand. #}

{# In a select: the columns of several structs, one row per struct. The structs are SQL and have the same fields. #}
{% macro row_each(structs) -%} {{ adapter.dispatch('row_each')(structs | join(',\n        ')) }} {%- endmacro %}
{% macro duckdb__row_each(structs) -%}
    unnest([
        {{ structs }}
    ], recursive := true)
{%- endmacro %}
{% macro spark__row_each(structs) -%}
    inline([
        {{ structs }}
    ])
{%- endmacro %}

{# An aggregate: the second smallest value of a group; null for a group of one. #}
{% macro second_least(value) -%} {{ adapter.dispatch('second_least')(value) }} {%- endmacro %}
{% macro duckdb__second_least(value) -%} min({{ value }}, 2)[2] {%- endmacro %}
{% macro spark__second_least(value) -%} get(sort_array(collect_list({{ value }})), 1) {%- endmacro %}

{# The newest of dated rows up to a day, of those that fulfil a condition: the row in force. #}
{% macro in_force(value, condition=none) -%}
    max_by({{ value }}, valid_from) filter (where {{ value }} is not null{{ ' and ' ~ condition if condition }})
{%- endmacro %}

{# After `name as`: a common table expression that is read several times and computed once. Spark has no keyword for it. #}
{% macro found_once() -%} {{ adapter.dispatch('found_once')() }} {%- endmacro %}
{% macro duckdb__found_once() -%} materialized {%- endmacro %}
{% macro spark__found_once() -%} {%- endmacro %}

{# A whole number made from a value (a hash), for sums that distinguish two sets of values. It differs between engines: nothing that is
   stored may hold it. #}
{% macro hashed(value) -%} {{ adapter.dispatch('hashed')(value) }} {%- endmacro %}
{% macro duckdb__hashed(value) -%} hash({{ value }}) {%- endmacro %}
{% macro spark__hashed(value) -%} {{ as_whole('xxhash64(' ~ value ~ ')') }} {%- endmacro %}

{# The same, small enough for a sum of its products with cents. #}
{% macro weight_of(value) -%} {{ adapter.dispatch('weight_of')(value) }} {%- endmacro %}
{% macro duckdb__weight_of(value) -%} (hash({{ value }}) >> 3)::hugeint {%- endmacro %}
{% macro spark__weight_of(value) -%} {{ as_whole('xxhash64(' ~ value ~ ') >> 16') }} {%- endmacro %}

{# A query: how many times too often each key, or group of keys, of a relation occurs (0: never). #}
{% macro surplus_of_keys(relation, key) -%} {{ adapter.dispatch('surplus_of_keys')(relation, key) }} {%- endmacro %}
{# 64 neighbouring numbers form one group, with one bit per number: a duplicate number leaves fewer bits than rows. Groups of single numbers
   take three times as long. #}
{% macro duckdb__surplus_of_keys(relation, key) -%}
    select count(*) - bit_count(bit_or(1::ubigint << ({{ key[-1] }} & 63))) as surplus_count
    from {{ relation }}
    group by {{ (key[:-1] + [key[-1] ~ ' >> 6']) | join(', ') }}
{%- endmacro %}
{% macro spark__surplus_of_keys(relation, key) -%}
    select count(*) - 1 as surplus_count
    from {{ relation }}
    group by {{ key | join(', ') }}
{%- endmacro %}

{# A query: twice the median of a column per key (so that the middle of two values needs no half), and the number of values. #}
{% macro doubled_medians(relation, key, value) -%}
    select
        {{ key }},
        sum({{ value }}) + case when count(*) = 1 then sum({{ value }}) else 0 end as doubled_median,
        max(values_count) as values_count
    from (
        select
            {{ key }}, {{ value }},
            row_number() over (partition by {{ key }} order by {{ value }}) as place_no,
            count(*) over (partition by {{ key }}) as values_count
        from {{ relation }}
    )
    where 2 * place_no between values_count and values_count + 2
    group by {{ key }}
{%- endmacro %}

{# A query: dated rows of a key with the day from which the next row replaces them. #}
{% macro with_end(relation, key) -%}
    select dated.*, coalesce(lead(dated.valid_from) over (partition by dated.{{ key }} order by dated.valid_from), {{ open_end() }}) as valid_to
    from {{ relation }} as dated
{%- endmacro %}

{# Whether two rows differ in any of these columns, or in the expression for one; null is a value like any other. Spark compares rows as
   such only where their types are exactly the same. #}
{% macro differ(left, right, columns) -%}
    (
        {%- for column in columns %}
        ({{ left }}.{{ column }}) is distinct from ({{ right }}.{{ column }}){{ ' or' if not loop.last }}
        {%- endfor %}
    )
{%- endmacro %}

{# An aggregate: the nearest rank of a group's values, that is the smallest value that at least this percentage of values do not exceed;
   null for no value. #}
{% macro nearest_rank(value, percent) -%} {{ adapter.dispatch('nearest_rank')(value, percent) }} {%- endmacro %}
{% macro duckdb__nearest_rank(value, percent) -%} quantile_disc({{ value }}, 0.{{ percent }}) {%- endmacro %}
{% macro spark__nearest_rank(value, percent) -%}
    get(sort_array(collect_list({{ value }})), cast({{ divided('count(' ~ value ~ ') * ' ~ percent ~ ' + 99', '100') }} - 1 as integer))
{%- endmacro %}
