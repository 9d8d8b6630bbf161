{{ config(materialized='table_function', parameters=['as_of_on']) }}
-- Which arrears each regime considers too small to be overdue, as in force on the day.
{% for regime in var('regimes') %}
select
    '{{ regime }}' as regime,
    coalesce({{ in_force('amount') }}, 0)::decimal(18, 2) as small_amount,
    coalesce({{ in_force('past_due_days') }}, 0)::integer as small_days
from {{ ref(regime ~ '_small_arrears') }}
where valid_from <= as_of_on
{{ 'union all' if not loop.last }}
{% endfor %}
