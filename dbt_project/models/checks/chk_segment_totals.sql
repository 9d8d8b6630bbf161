{{ config(materialized='table_function', parameters=['as_of_on']) }}
-- One row per kind of segments, or the loans themselves, whose sum differs from the portfolio, with or without promotional loans. Only
-- kinds of which each loan is in one segment count.
{% set columns = ['amount', 'outstanding_amount', 'interest_outstanding_amount', 'overdue_amount'] %}
with
portfolio as (
    select * from {{ rows_of('fct_portfolio_as_of', 'as_of_on') }}
    where segment_kind in ('total', 'borrower', 'institution', 'related_party')
),

parts as (
    select counts_promotional, segment_kind, {{ columns | join(', ') }}
    from portfolio
    where segment_kind <> 'total'
    union all
    select whole.counts_promotional, 'loan', loan.{{ columns | join(', loan.') }}
    from {{ rows_of('fct_loans_as_of', 'as_of_on') }} as loan
    inner join portfolio as whole on whole.segment_kind = 'total' and (whole.counts_promotional or not loan.is_promotional)
),

added as (
    select counts_promotional, segment_kind
        {%- for column in columns %}, sum({{ column }}) as {{ column }}{% endfor %}
    from parts
    group by counts_promotional, segment_kind
)

{% for column in columns -%}
select 'segment ' || added.segment_kind as entity, '{{ column }}' as field, added.{{ column }}::varchar as masked_value,
    added.segment_kind || ' segments add up to ' || added.{{ column }} || ', the portfolio '
    || case when whole.counts_promotional then 'with' else 'without' end || ' promotional loans is ' || whole.{{ column }} as message
from added
inner join portfolio as whole on whole.segment_kind = 'total' and whole.counts_promotional = added.counts_promotional
where added.{{ column }} <> whole.{{ column }}
{{ 'union all' if not loop.last }}
{% endfor -%}
