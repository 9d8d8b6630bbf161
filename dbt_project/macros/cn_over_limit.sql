{# One row per borrower of a kind who owes more than the limit in force on the day. Everything owed on the platform counts, promotional
   listings too: the limit has no exception. #}
{% macro cn_over_limit(limit_code, user_kind) -%}
with
cap as (
    select {{ in_force('amount') }} as amount
    from {{ ref('cn_limits') }}
    where limit_code = '{{ limit_code }}' and valid_from <= as_of_on
)

select 'user ' || owed.segment_id as entity, 'outstanding_amount' as field, owed.outstanding_amount::varchar as masked_value,
    'owes ' || owed.outstanding_amount || ', the limit is ' || cap.amount as message
from {{ rows_of('fct_portfolio_as_of', 'as_of_on') }} as owed
cross join cap
inner join {{ ref('ldg_users') }} as borrower on borrower.user_id = owed.segment_id::bigint
where owed.counts_promotional and owed.segment_kind = 'borrower' and owed.outstanding_amount > cap.amount
    and borrower.user_kind = '{{ user_kind }}'
{%- endmacro %}
