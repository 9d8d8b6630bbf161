{%- set is_full, touched_loans = is_full_build(), ref('ldg_touched_loans') -%}
-- The state of the business at every month end and on the latest day, each figure with the same figure a month earlier, as the home regime
-- reads the law on the day. Grain: one row per as_of_on and code. Flows are those of the month up to the day. A month earlier is the same
-- day of the previous month, or its last day if the day is the last of its month.
{# What is overdue as the home regime counts it. #}
{% set overdue_amount %}case regime{% for regime in var('regimes') %} when '{{ regime }}' then {{ regime }}_overdue_amount{% endfor %} end{% endset %}
{% set overdue_loans %}case regime{% for regime in var('regimes') %} when '{{ regime }}' then {{ regime }}_overdue_loans_count{% endfor %} end{% endset %}
{# Figures that are columns of the portfolio: code, numerator, denominator. #}
{% set of_portfolio = [
    ('OP-A01', 'outstanding_amount', none),
    ('OP-A02', 'interest_outstanding_amount', none),
    ('OP-A03', 'outstanding_loans_count', none),
    ('OP-B01', 'month_amount', none),
    ('OP-B02', 'month_loans_count', none),
    ('OP-C01', overdue_amount, none),
    ('OP-C02', overdue_loans, none),
    ('OP-C03', overdue_amount, "case when overdue_rate_base = 'principal' then outstanding_amount else owed_amount end"),
    ('OP-C04', overdue_loans, 'outstanding_loans_count'),
    ('OP-D05', 'outstanding_borrowers_count', none),
] %}
{# Figures that are counted by day: code, kind. #}
{% set of_days = {'OP-D01': 'registrations', 'OP-D02': 'new_lenders', 'OP-D03': 'active_lenders', 'OP-D04': 'new_borrowers'} %}
{% set raised = 'case when stated.denominator < 0 then -1 else 1 end * ' ~ eighths('stated.numerator') ~ ' * 10000' %}
with
days as (
    select day_on as as_of_on, day_on = last_day(day_on) as is_month_end
    from (
        select calendar.day_on::date as day_on
        from (
            select unnest({{ days_from('span.first_on', latest_business_date()) }}) as day_on
            from (
                select min(first.day_on) as first_on
                from (
                    select min(registered_on) as day_on from {{ ref('fct_registrations') }}
                    union all
                    select min(disbursed_on) from {{ ref('ldg_loans') }}
                ) as first
            ) as span
        ) as calendar
    )
    where day_on = last_day(day_on) or day_on = {{ latest_business_date() }}
),

asked as (
    select *, {{ month_earlier('as_of_on') }} as previous_on
    from days
),

points as (
    select point.day_on, date_trunc('month', point.day_on)::date as month_on, readings.regime, readings.counts_promotional, readings.overdue_rate_base
    from (
        select as_of_on as day_on from asked
        union
        select previous_on from asked
    ) as point
    inner join {{ ref('dim_regime_readings') }} as readings
        on readings.is_home and readings.valid_from <= point.day_on and readings.valid_to > point.day_on
),

{% if not is_full -%}
-- The portfolio in an earlier build, at month ends before the first day that this build can have changed.
known as (
    select stored.as_of_on as day_on, stored.code, coalesce(stored.numerator, stored.value) as numerator, stored.denominator
    from {{ this }} as stored
    where stored.is_month_end and stored.code in ('{{ of_portfolio | map(attribute=0) | join("', '") }}')
        and stored.as_of_on < (select coalesce(min(touched.affected_from), {{ open_end() }}) from {{ touched_loans }} as touched)
),

{% endif -%}
portfolio as (
    select point.day_on, point.regime, point.overdue_rate_base, portfolio.*
    from {{ 'points' if is_full else '(select * from points where day_on not in (select known.day_on from known))' }} as point,
        lateral (select * from {{ rows_of('fct_portfolio_as_of', 'point.day_on') }} where segment_kind = 'total') as portfolio
    where portfolio.counts_promotional = point.counts_promotional
),

balances as (
    select
        {%- set figures = [] -%}
        {%- for code, numerator, denominator in of_portfolio -%}
            {%- do figures.append(
                "{'code': '" ~ code ~ "', 'numerator': (" ~ numerator ~ ")::decimal(38, 8), 'denominator': (" ~ (denominator or 'null') ~ ")::decimal(38, 8)}"
            ) -%}
        {%- endfor %}
        day_on,
        {{ row_each(figures) }}
    from portfolio
    {% if not is_full -%}
    union all
    select day_on, code, numerator, denominator from known
    {% endif -%}
),

repaid as (
    select point.day_on, coalesce(sum(fact.repaid_amount), 0)::decimal(38, 8) as amount
    from points as point
    left join {{ ref('fct_portfolio_daily') }} as fact
        on fact.day_on between point.month_on and point.day_on and (point.counts_promotional or not fact.is_promotional)
    group by point.day_on
),

counted as (
    select point.day_on, {% for kind in of_days.values() -%}
        sum(happened.times_count) filter (where happened.people_kind = '{{ kind }}') as {{ kind }}_count{{ ', ' if not loop.last }}
        {%- endfor %}
    from points as point
    left join {{ ref('fct_people_daily') }} as happened
        on happened.day_on between point.month_on and point.day_on and happened.counts_promotional = point.counts_promotional
    group by point.day_on
),

stated as (
    select day_on, code, numerator, denominator from balances
    union all
    select day_on, 'OP-B03', amount, null from repaid
    union all
    select lent.day_on, 'OP-B04', lent.numerator - repaid.amount, null
    from balances as lent
    inner join repaid on repaid.day_on = lent.day_on
    where lent.code = 'OP-B01'
    {%- for code, kind in of_days.items() %}
    union all
    select day_on, '{{ code }}', coalesce({{ kind }}_count, 0)::decimal(38, 8), null from counted
    {%- endfor %}
),

valued as (
    select
        stated.day_on, stated.code, metric.unit, metric.decimals, stated.denominator,
        case when metric.unit = '%' then stated.numerator end as numerator,
        case
            when metric.unit <> '%' then stated.numerator
            when stated.denominator <> 0 then {{ shown(rounded_quotient(raised, 'abs(' ~ eighths('stated.denominator') ~ ')'), 2) }}
        end as value
    from stated
    inner join {{ source('control', 'ctl_metrics') }} as metric on metric.metric_set = 'operations' and metric.code = stated.code
)

select
    asked.as_of_on,
    valued.code,
    valued.value,
    valued.numerator,
    valued.denominator,
    asked.previous_on,
    earlier.value as previous_value,
    cast(valued.value - earlier.value as decimal(38, 8)) as change_value,
    valued.unit,
    valued.decimals,
    asked.is_month_end
from asked
inner join valued on valued.day_on = asked.as_of_on
left join valued as earlier on earlier.day_on = asked.previous_on and earlier.code = valued.code
