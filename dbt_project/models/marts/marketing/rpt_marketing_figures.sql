{#- Figures that are sums of a daily fact: code, relation, column. -#}
{%- set of_channels = [
    ('MK-A01', 'sessions_count'), ('MK-A02', 'registrations_count'), ('MK-A03', 'first_investments_count'), ('MK-A04', 'first_investment_amount'),
    ('MK-A05', 'cost_amount'), ('MK-C01', 'marketing_cost_amount'), ('MK-C02', 'reward_cost_amount'), ('MK-C03', 'commission_cost_amount'),
    ('MK-C04', 'cost_by_redemption_amount')
] -%}
{%- set of_funnels = [
    ('MK-D01', 'visit'), ('MK-D02', 'registration'), ('MK-D03', 'mobile'), ('MK-D04', 'real_name'), ('MK-D05', 'bank_card'), ('MK-D06', 'first_deposit'),
    ('MK-D07', 'first_investment'), ('MK-D08', 'second_investment'), ('MK-D09', 'borrower_real_name'), ('MK-D10', 'application'), ('MK-D11', 'approval'),
    ('MK-D12', 'full_funding'), ('MK-D13', 'disbursement'), ('MK-D14', 'first_repayment'), ('MK-D15', 'second_loan')
] -%}
{#- Cost per person: code, which people. -#}
{%- set of_heads = [('MK-A06', 'registrations_count'), ('MK-A07', 'first_investments_count')] -%}
-- What marketing brought and cost in total: for each month at its end, and for the current month on the latest day. Grain: one row per
-- as_of_on and code. People of the funnel are those whose first visit was in the month; people whose worth is shown are those who
-- registered in it.
with
-- Every month from the first with data up to the latest day, also months without events.
months as (
    select listed.month_on::date as month_on
    from (
        select unnest({{ days_from('span.first_on', latest_business_date(), 'month') }}) as month_on
        from (
            select date_trunc('month', min(first.day_on))::date as first_on
            from (
                select min(day_on) as day_on from {{ ref('fct_channel_daily') }}
                union all
                select min(visited_on) from {{ ref('fct_first_visits') }}
            ) as first
        ) as span
    ) as listed
),

channels as (
    select
        {%- set structs = [] %}
        {%- for code, column in of_channels -%}{%- do structs.append(figure_row(code, none_is_0('sum(' ~ column ~ ')'))) -%}{%- endfor %}
        {%- for code, heads in of_heads -%}{%- do structs.append(figure_row(code, none_is_0('sum(cost_amount)'), none_is_0('sum(' ~ heads ~ ')'))) -%}{%- endfor %}
        months.month_on,
        {{ row_each(structs) }}
    from months
    -- A cost can be booked for a day in the future.
    left join {{ ref('fct_channel_daily') }} as fact
        on date_trunc('month', fact.day_on)::date = months.month_on and fact.day_on <= {{ latest_business_date() }}
    group by months.month_on
),

-- As fct_funnel_daily counts them, without its segments.
people as (
    select date_trunc('month', visited_on)::date as month_on, {{ counts_of_steps() | indent(4) }}
    from {{ ref('fct_persons') }}
    group by date_trunc('month', visited_on)
),

funnels as (
    select
        {%- set structs = [] %}
        {%- for code, step in of_funnels -%}{%- do structs.append(figure_row(code, none_is_0('max(' ~ step ~ '_count)'))) -%}{%- endfor %}
        months.month_on,
        {{ row_each(structs) }}
    from months
    left join people on people.month_on = months.month_on
    group by months.month_on
),

-- People who registered in the month, with their values as rpt_marketing_economics rounds and withholds them.
worth as (
    select
        months.month_on,
        {%- set structs = [] %}
        {%- for code, column, numerator, denominator, people in worth_figures() -%}
            {%- do structs.append(worth_row(code, column, numerator, denominator, people)) -%}
        {%- endfor %}
        {{ row_each(structs) }}
    from months
    left join {{ ref('rpt_marketing_economics') }} as mart
        on mart.month_on = months.month_on and mart.channel = 'all' and mart.campaign_code = 'all'
),

minimum as (
    {{ smallest_group() }}
),

told as (
    select month_on, code, numerator, denominator, denominator as people, null as known_value, false as is_known from channels
    union all
    select month_on, code, numerator, denominator, denominator as people, null as known_value, false as is_known from funnels
    union all
    select month_on, code, numerator, denominator, people, known_value, true from worth
),

stated as (
    select
        least(last_day(told.month_on), {{ latest_business_date() }}) as as_of_on,
        told.code,
        told.numerator,
        told.denominator,
        told.is_known,
        told.known_value,
        {{ ten_to_the('8 - metric.decimals') }} as step,
        metric.unit,
        metric.decimals,
        coalesce(supply.is_missing, false) as is_missing,
        told.people < minimum.people_count as is_small
    from told
    cross join minimum
    inner join {{ source('control', 'ctl_metrics') }} as metric on metric.metric_set = 'marketing' and metric.code = told.code
    left join (
        {{ missing_supplies() }}
    ) as supply on supply.code = told.code
)

select
    as_of_on,
    code,
    case
        when is_missing or is_small then null
        when is_known and known_value is null then null
        -- Percent of the exact parts, so that it is rounded once.
        when is_known and unit <> '%' then {{ shown(rounded_quotient(eighths('known_value'), 'step') ~ ' * step', 8) }}
        when is_known then {{ shown(rounded_quotient(eighths('numerator') ~ ' * 10000', eighths('denominator')), 2) }}
        when denominator is null then numerator
        when denominator > 0 then {{ shown(rounded_quotient(eighths('numerator') ~ ' * 100', eighths('denominator')), 2) }}
    end::decimal(38, 8) as value,
    case when (is_known or denominator is not null) and not is_missing then numerator end as numerator,
    case when not is_missing then denominator end as denominator,
    unit,
    decimals,
    case when is_missing then 'not supplied' when is_small then 'group too small' end as note,
    as_of_on = last_day(as_of_on) as is_month_end
from stated
