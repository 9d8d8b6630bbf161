{# The loans of a vintage are those disbursed in its month, as the home regime counts them on the latest day. One row per month for which
   they are not. #}
{% test vintages_are_what_was_lent(model) %}
select lent.month_on, lent.amount, vintage.amount as vintage_amount
from (
    select date_trunc('month', portfolio.day_on)::date as month_on, sum(portfolio.disbursed_amount) as amount
    from {{ ref('fct_portfolio_daily') }} as portfolio
    inner join ({{ home_population() }}) as population on population.counts_promotional or not portfolio.is_promotional
    group by date_trunc('month', portfolio.day_on)
) as lent
left join (select disbursed_month_on, amount from {{ model }} where credit_grade = 'all' and channel = 'all' and book_months = 1) as vintage
    on vintage.disbursed_month_on = lent.month_on
where coalesce(vintage.amount, 0) <> lent.amount
    and last_day((lent.month_on + interval 1 month)::date) <= {{ latest_business_date() }}
{% endtest %}
