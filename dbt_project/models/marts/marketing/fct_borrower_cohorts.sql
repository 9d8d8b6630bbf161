{%- set counts = ['second_loan_count', 'over_30_count', 'over_90_count'] %}
{%- set amounts = ['disbursed_amount', 'over_30_amount', 'over_90_amount'] -%}
-- Borrowers by month of their first loan and by months since: how many had a second loan and how many were late by then, and with which
-- part of the amount lent to them. A cell exists once the month is over. Promotional loans do not count. Grain: one row per cohort_month_on
-- and since_months.
with
smallest as (
    {{ smallest_group() }}
),

borrowers as (
    select user_id, date_trunc('month', first_disbursed_on)::date as cohort_month_on, {{ business_date('second_disbursed_at') }} as second_disbursed_on
    from {{ ref('fct_first_loans') }}
    where first_disbursed_on <= {{ latest_business_date() }}
),

loans as (
    select borrower.cohort_month_on, risk.borrower_id, risk.disbursed_on, risk.amount, risk.first_over_30_on, risk.first_over_90_on
    from {{ ref('fct_loan_risk') }} as risk
    inner join borrowers as borrower on borrower.user_id = risk.borrower_id
    where not risk.is_promotional
),

-- What happens to a borrower or a loan once, with its day.
happened as (
    select cohort_month_on, second_disbursed_on as happened_on, 'second_loan_count' as measure, 1::decimal(18, 2) as change from borrowers
    {%- for days in (30, 90) %}
    union all
    select cohort_month_on, min(first_over_{{ days }}_on), 'over_{{ days }}_count', 1 from loans group by cohort_month_on, borrower_id
    union all
    select cohort_month_on, first_over_{{ days }}_on, 'over_{{ days }}_amount', amount from loans
    {%- endfor %}
    union all
    select cohort_month_on, disbursed_on, 'disbursed_amount', amount from loans
),

changes as (
    select
        cohort_month_on,
        date_diff('month', cohort_month_on, date_trunc('month', happened_on)::date) as since_months
        {%- for name in counts + amounts %},
        sum(change) filter (measure = '{{ name }}') as {{ name }}
        {%- endfor %}
    from happened
    where happened_on <= {{ latest_business_date() }}
    group by all
),

cells as (
    select
        series.cohort_month_on,
        series.borrowers_count,
        date_diff('month', series.cohort_month_on, series.month_on::date) as since_months
    from (
        select
            cohort_month_on,
            count(*) as borrowers_count,
            unnest({{ days_from(
                'cohort_month_on', "(date_trunc('month', " ~ latest_business_date() ~ " + 1) - interval 1 month)::date", 'month'
            ) }}) as month_on
        from borrowers
        group by cohort_month_on
    ) as series
),

to_date as (
    select
        cell.cohort_month_on,
        cell.since_months,
        cell.borrowers_count
        {%- for name in counts + amounts %},
        sum(coalesce(changes.{{ name }}, 0)) over (partition by cell.cohort_month_on order by cell.since_months) as {{ name }}
        {%- endfor %}
    from cells as cell
    left join changes on changes.cohort_month_on = cell.cohort_month_on and changes.since_months = cell.since_months
)

select
    to_date.cohort_month_on,
    to_date.since_months::integer as since_months,
    last_day((to_date.cohort_month_on + to_date.since_months * interval 1 month)::date) as month_end_on,
    to_date.borrowers_count::bigint as borrowers_count
    {%- for name in counts %},
    {{ as_whole('to_date.' ~ name) }}::bigint as {{ name }}
    {%- endfor %}
    {%- for name in amounts %},
    cast(to_date.{{ name }} as decimal(34, 2)) as {{ name }}
    {%- endfor %}
    {%- for name in counts %},
    {{ share_of_group(as_whole('to_date.' ~ name), as_whole('to_date.borrowers_count'), 'to_date.borrowers_count', 'smallest.people_count') }}
        as {{ name[:-6] }}_people_share
    {%- endfor %}
    {%- for name in amounts[1:] %},
    {{ share_of_group(cents('to_date.' ~ name), cents('to_date.disbursed_amount'), 'to_date.borrowers_count', 'smallest.people_count') }}
        as {{ name[:-7] }}_share
    {%- endfor %}
from to_date
cross join smallest
