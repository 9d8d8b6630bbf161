{%- set is_full, touched_loans = is_full_build(), ref('ldg_touched_loans') -%}
-- The state of the business at every month end and on the latest day, each figure beside the same figure a month earlier.
-- Grain: one row an as_of_on and code. Flows are those of the month up to the day; a month earlier is the same day of the month before,
-- and the month before's last day for a last day. Promotional loans are outside.
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
    select *, case when is_month_end then (date_trunc('month', as_of_on) - interval 1 day)::date else (as_of_on - interval 1 month)::date end as previous_on
    from days
),

points as (
    select as_of_on as day_on, date_trunc('month', as_of_on)::date as month_on from asked
    union
    select previous_on, date_trunc('month', previous_on)::date from asked
),

portfolio as (
    select
        point.day_on,
        arg_max({
            {% for column in ['outstanding_amount', 'interest_outstanding_amount', 'overdue_amount', 'outstanding_loans_count', 'overdue_loans_count'] -%}
            '{{ column }}': fact.{{ column }}{{ ', ' if not loop.last }}
            {%- endfor %}
        }, fact.day_on) as balance,
        sum(fact.disbursed_amount) filter (fact.day_on >= point.month_on) as disbursed_amount,
        sum(fact.repaid_amount) filter (fact.day_on >= point.month_on) as repaid_amount
    from points as point
    inner join {{ ref('fct_portfolio_daily') }} as fact on fact.day_on <= point.day_on and not fact.is_promotional
    group by all
),

-- How much of each kind happened on a day. A lender counts once a month, on their first day in it: of points that lie in it, each then finds
-- those who were active by its day.
active as (
    select min(investment.invested_on) as day_on, investment.lender_id
    from {{ ref('stg_investments') }} as investment
    inner join {{ ref('stg_loans') }} as listing on listing.loan_id = investment.loan_id and listing.deleted_at is null
    left join {{ ref('stg_products') }} as product on product.product_id = listing.product_id and product.deleted_at is null
    where not coalesce(product.is_promotional, false)
    group by investment.lender_id, date_trunc('month', investment.invested_on)
),

happened as (
    select registered_on as day_on, 'registrations' as kind, count(*) as times from {{ ref('fct_registrations') }} group by all
    union all
    select first_invested_on, 'new_lenders', count(*) from {{ ref('fct_registrations') }} where first_invested_on is not null group by all
    union all
    select disbursed_on, 'loans', count(*) from {{ ref('ldg_loans') }} where not is_promotional group by all
    union all
    select day_on, 'new_borrowers', count(*)
    from (select min(disbursed_on) as day_on from {{ ref('ldg_loans') }} where not is_promotional group by borrower_id)
    group by all
    union all
    select day_on, 'active_lenders', count(*) from active group by all
),

counted as (
    select point.day_on, {% for kind in ('registrations', 'new_lenders', 'loans', 'new_borrowers', 'active_lenders') -%}
        sum(happened.times) filter (happened.kind = '{{ kind }}') as {{ kind }}_count{{ ', ' if not loop.last }}
        {%- endfor %}
    from points as point
    inner join happened on happened.day_on between point.month_on and point.day_on
    group by all
),

{% if not is_full -%}
-- Who owes at a month end before the first day that this build can have changed was counted by an earlier one.
owing_known as (
    select known.as_of_on as day_on, known.value::bigint as borrowers_count
    from {{ this }} as known
    where known.code = 'OP-D05' and known.is_month_end
        and known.as_of_on < (select coalesce(min(touched.affected_from), {{ open_end() }}) from {{ touched_loans }} as touched)
),

{% endif -%}
owing as (
    {% if not is_full -%}
    select day_on, borrowers_count from owing_known
    union all
    {% endif -%}
    select point.day_on, count(distinct loan.borrower_id) as borrowers_count
    from {{ 'points' if is_full else '(select day_on from points where day_on not in (select known.day_on from owing_known as known))' }} as point
    inner join {{ ref('ldg_loan_states') }} as state
        on state.valid_from <= point.day_on and state.valid_to > point.day_on and state.outstanding_amount > 0
    inner join {{ ref('ldg_loans') }} as loan on loan.loan_id = state.loan_id and not loan.is_promotional
    group by all
),

{% set figures = [
    ('OP-A01', 'balance.outstanding_amount'), ('OP-A02', 'balance.interest_outstanding_amount'), ('OP-A03', 'balance.outstanding_loans_count'),
    ('OP-B01', 'portfolio.disbursed_amount'), ('OP-B02', 'counted.loans_count'), ('OP-B03', 'portfolio.repaid_amount'),
    ('OP-B04', 'portfolio.disbursed_amount - portfolio.repaid_amount'),
    ('OP-C01', 'balance.overdue_amount'), ('OP-C02', 'balance.overdue_loans_count'),
    ('OP-D01', 'counted.registrations_count'), ('OP-D02', 'counted.new_lenders_count'), ('OP-D03', 'counted.active_lenders_count'),
    ('OP-D04', 'counted.new_borrowers_count'), ('OP-D05', 'owing.borrowers_count'),
] -%}
stated as (
    {% for code, expression in figures -%}
    select point.day_on, '{{ code }}' as code, cast(coalesce({{ expression }}, 0) as decimal(38, 8)) as numerator, cast(null as decimal(38, 8)) as denominator
    from points as point
    left join portfolio on portfolio.day_on = point.day_on -- noqa: ST11
    left join counted on counted.day_on = point.day_on -- noqa: ST11
    left join owing on owing.day_on = point.day_on -- noqa: ST11
    union all
    {% endfor -%}
    select day_on, 'OP-C03', cast(balance.overdue_amount as decimal(38, 8)),
        cast(balance.outstanding_amount + balance.interest_outstanding_amount as decimal(38, 8))
    from portfolio
    union all
    select day_on, 'OP-C04', cast(balance.overdue_loans_count as decimal(38, 8)), cast(balance.outstanding_loans_count as decimal(38, 8)) from portfolio
),

valued as (
    select
        stated.day_on, stated.code, metric.unit, metric.decimals, stated.denominator,
        case when metric.unit = '%' then stated.numerator end as numerator,
        case
            when metric.unit <> '%' then stated.numerator
            when stated.denominator > 0 and stated.numerator >= 0 then {{ shown(rounded_quotient(eighths('stated.numerator') ~ ' * 10000', eighths('stated.denominator')), 2) }}
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
