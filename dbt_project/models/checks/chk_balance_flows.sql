{{ config(materialized='table_function', parameters=['as_of_on']) }}
-- One row per day on which opening + flows is not closing, or on which the running balances differ from the portfolio. The portfolio is
-- added up for the day itself only; running sums carry an error to every later day.
{% set balances = ['outstanding_amount', 'overdue_amount', 'interest_outstanding_amount', 'outstanding_loans_count', 'overdue_loans_count'] %}
with
portfolio as (
    select * from {{ rows_of('fct_portfolio_as_of', 'as_of_on') }}
    where segment_kind = 'total'
),

-- Promotional loans alone are the difference between the two populations.
direct as (
    select
        kind.is_promotional,
        {% for column in balances -%}
        case when kind.is_promotional then everything.{{ column }} - usual.{{ column }} else usual.{{ column }} end as {{ column }}{{ ',' if not loop.last }}
        {% endfor -%}
    from portfolio as everything
    inner join portfolio as usual on everything.counts_promotional and not usual.counts_promotional
    cross join (
        select false as is_promotional
        union all
        select true
    ) as kind
),

compared as (
    select
        direct.is_promotional,
        {% for column in balances -%}
        coalesce(daily.{{ column }}, 0) as running_{{ column }},
        direct.{{ column }}{{ ',' if not loop.last }}
        {% endfor -%}
    from direct
    left join {{ ref('fct_portfolio_daily') }} as daily on daily.day_on = as_of_on and daily.is_promotional = direct.is_promotional
)

select 'day ' || day_on as entity, 'outstanding_amount' as field, outstanding_amount::varchar as masked_value,
    'opening ' || opening_amount || ' + disbursed ' || disbursed_amount || ' - repaid ' || repaid_amount || ' is not ' || outstanding_amount as message
from {{ ref('fct_portfolio_daily') }}
where opening_amount + disbursed_amount - repaid_amount <> outstanding_amount
{% for column in balances -%}
union all
select 'day ' || as_of_on, '{{ column }}', running_{{ column }}::varchar,
    'the running balance ' || running_{{ column }} || ' differs from the portfolio''s ' || {{ column }}
from compared
where running_{{ column }} <> {{ column }}
{% endfor -%}
