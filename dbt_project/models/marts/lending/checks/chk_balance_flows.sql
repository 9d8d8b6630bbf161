{{ config(materialized='table_macro') }}
-- depends_on: {{ ref('fct_portfolio_as_of') }}
-- A row: a day on which opening + flows is not closing, or on which the running balances are not those of the portfolio.
-- The portfolio is added up on the day itself alone; running sums carry an error to every later day.
with
portfolio as (
    select * from fct_portfolio_as_of(as_of_on)
    where segment_kind = 'total'
),

-- Promotional loans by themselves are what the one population has more than the other.
direct as (
    select
        kind.is_promotional,
        {% for column in ['outstanding_amount', 'overdue_amount', 'interest_outstanding_amount', 'outstanding_loans_count', 'overdue_loans_count'] -%}
        case when kind.is_promotional then everything.{{ column }} - usual.{{ column }} else usual.{{ column }} end as {{ column }}{{ ',' if not loop.last }}
        {% endfor -%}
    from portfolio as everything
    inner join portfolio as usual on everything.counts_promotional and not usual.counts_promotional
    cross join (values (false), (true)) as kind (is_promotional)
),

compared as (
    select
        direct.is_promotional,
        coalesce(daily.outstanding_amount, 0) as outstanding_amount,
        (coalesce(daily.outstanding_amount, 0), coalesce(daily.overdue_amount, 0), coalesce(daily.interest_outstanding_amount, 0),
            coalesce(daily.outstanding_loans_count, 0), coalesce(daily.overdue_loans_count, 0)) as running,
        (direct.outstanding_amount, direct.overdue_amount, direct.interest_outstanding_amount,
            direct.outstanding_loans_count, direct.overdue_loans_count) as added_up
    from direct
    left join {{ ref('fct_portfolio_daily') }} as daily on daily.day_on = as_of_on and daily.is_promotional = direct.is_promotional
)

select 'day ' || day_on as entity, 'outstanding_amount' as field, outstanding_amount::varchar as masked_value,
    'opening ' || opening_amount || ' + disbursed ' || disbursed_amount || ' - repaid ' || repaid_amount || ' is not ' || outstanding_amount as message
from {{ ref('fct_portfolio_daily') }}
where opening_amount + disbursed_amount - repaid_amount <> outstanding_amount
union all
select 'day ' || as_of_on, 'outstanding_amount', outstanding_amount::varchar,
    'running sums ' || running::varchar || ' differ from the loans ' || added_up::varchar
from compared
where running <> added_up
