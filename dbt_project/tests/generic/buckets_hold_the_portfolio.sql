{# The outstanding principal of all buckets at a month end is that of the portfolio, as the home regime counts it. One row per month end and
   view for which it is not. #}
{% test buckets_hold_the_portfolio(model) %}
select balances.day_on, views.view_kind, balances.amount, held.amount as held_amount
from (
    select portfolio.day_on, sum(portfolio.outstanding_amount) as amount
    from {{ ref('fct_portfolio_daily') }} as portfolio
    inner join {{ ref('dim_regime_readings') }} as readings
        on readings.is_home and readings.valid_from <= portfolio.day_on and readings.valid_to > portfolio.day_on
            and (readings.counts_promotional or not portfolio.is_promotional)
    where portfolio.day_on = last_day(portfolio.day_on)
    group by portfolio.day_on
) as balances
cross join (
    select 'borrower' as view_kind
    union all
    select 'lenders'
) as views
left join (
    select month_end_on, view_kind, sum(outstanding_amount) as amount
    from {{ model }}
    where credit_grade = 'all' and to_bucket_code = 'all'
    group by month_end_on, view_kind
) as held on held.month_end_on = balances.day_on and held.view_kind = views.view_kind
where balances.amount <> coalesce(held.amount, 0)
{% endtest %}
