{{ config(materialized='table_function', parameters=['as_of_on']) }}
-- The operating figures of a day, in total and by segment, as the home regime reads its law on the day: the one definition for the stored
-- month ends, the latest day and any day asked for. Flows are those of the month up to the day. Grain: one row per code, segment_kind and
-- segment_id.
{#- What is overdue as the home regime counts it. -#}
{%- set overdue_amount %}case readings.regime{% for regime in var('regimes') %} when '{{ regime }}' then portfolio.{{ regime }}_overdue_amount{% endfor %} end{% endset %}
{%- set overdue_loans %}case readings.regime{% for regime in var('regimes') %} when '{{ regime }}' then portfolio.{{ regime }}_overdue_loans_count{% endfor %} end{% endset %}
{%- set figures = operating_figures() %}
{%- set balance_measures = {
    'outstanding_amount': 'decimal(38, 2)', 'interest_outstanding_amount': 'decimal(38, 2)', 'outstanding_loans_count': 'bigint',
    'month_amount': 'decimal(38, 2)', 'month_loans_count': 'bigint', 'overdue_amount': 'decimal(38, 2)', 'overdue_loans_count': 'bigint',
    'rate_base_amount': 'decimal(38, 2)'
} %}
with
readings as (
    {{ home_readings() }}
),

-- Segments of the loans. The whole is added up from them below: the portfolio's own total would look for the largest borrowers too.
portions as {{ found_once() }} (
    select
        portfolio.segment_kind,
        portfolio.segment_id,
        portfolio.outstanding_amount,
        portfolio.interest_outstanding_amount,
        portfolio.outstanding_loans_count,
        portfolio.month_amount,
        portfolio.month_loans_count,
        {{ overdue_amount }} as overdue_amount,
        {{ overdue_loans }} as overdue_loans_count,
        case when readings.overdue_rate_base = 'principal' then portfolio.outstanding_amount else portfolio.owed_amount end as rate_base_amount
    from {{ rows_of('fct_portfolio_as_of', 'as_of_on') }} as portfolio
    inner join readings on readings.counts_promotional = portfolio.counts_promotional
    where portfolio.segment_kind in ('{{ (loan_kinds() + ['channel']) | join("', '") }}')
),

-- Read for each of its figures, and for what the reserve covers. Every loan has one product.
balances as {{ found_once() }} (
    select * from portions
    union all
    select
        'total', 'all'
        {%- for measure, type in balance_measures.items() %}, coalesce(sum(part.{{ measure }}), 0)::{{ type }}{% endfor %}
    from readings
    left join portions as part on part.segment_kind = 'product'
    group by readings.counts_promotional
),

-- The total has a row even in a month in which nothing happened.
flows as (
    select
        segment_kind,
        segment_id,
        {%- for measure in figures.measures %}
        sum({{ measure }}) as {{ measure }},
        {%- endfor %}
        sum(cost_amount) as cost_amount
    from (
        select fact.segment_kind, fact.segment_id, fact.{{ figures.measures | join(', fact.') }}, 0 as cost_amount
        from {{ ref('fct_business_daily') }} as fact
        inner join readings on readings.counts_promotional or not fact.is_promotional
        where fact.day_on between date_trunc('month', as_of_on)::date and as_of_on
        union all
        select 'total', 'all', {{ (['0'] * figures.measures | length) | join(', ') }}, 0
        union all
        select 'total', 'all', {{ (['0'] * figures.measures | length) | join(', ') }}, cost.cost_amount
        from {{ ref('fct_channel_daily') }} as cost
        where cost.day_on between date_trunc('month', as_of_on)::date and as_of_on
        union all
        select 'channel', cost.channel, {{ (['0'] * figures.measures | length) | join(', ') }}, cost.cost_amount
        from {{ ref('fct_channel_daily') }} as cost
        -- A channel with sessions but without costs is not a segment of the month for that reason.
        where cost.day_on between date_trunc('month', as_of_on)::date and as_of_on and cost.cost_amount <> 0
    ) as told
    group by segment_kind, segment_id
),

-- What is held on the day is the sum of all that ever came and went. It is the same for all populations.
held as (
    select running.segment_kind, running.segment_id, running.reserve_amount, running.reward_liability_amount, whole.overdue_amount
    from (
        select segment_kind, segment_id, sum(reserve_change_amount) as reserve_amount, sum(reward_liability_change_amount) as reward_liability_amount
        from (
            select segment_kind, segment_id, reserve_change_amount, reward_liability_change_amount
            from {{ ref('fct_business_daily') }}
            where day_on <= as_of_on and segment_kind in ('total', '{{ person_kinds() | join("', '") }}')
            union all
            select 'total', 'all', 0, 0
        ) as changed
        group by segment_kind, segment_id
    ) as running
    cross join (select balances.overdue_amount from balances where balances.segment_kind = 'total') as whole
),

said as (
    select {{ figures_of(figures.portfolio) }}
    from balances
    union all
    select {{ figures_of(figures.flows) }}
    from flows
    union all
    select {{ figures_of(figures.balances) }}
    from held
    union all
    select {{ figures_of(figures.people) }}
    from {{ rows_of('fct_people_as_of', 'as_of_on') }}
    union all
    select {{ figures_of(figures.dues) }}
    from {{ rows_of('fct_falling_due_as_of', 'as_of_on') }}
),

minimum as (
    select greatest({{ in_force('value') }}::integer, 1) as people_count
    from {{ ref('marketing_parameters') }}
    where name = 'minimum_group_count' and valid_from <= as_of_on
),

described as (
    select
        said.segment_kind,
        said.segment_id,
        said.code,
        said.is_ratio,
        {{ eighths('said.numerator') }} as numerator,
        {{ eighths('said.denominator') }} as denominator,
        metric.unit,
        metric.decimals,
        coalesce(supply.is_missing, false) as is_missing,
        -- Decisions are about people: for few of them no rate is shown.
        said.code = 'OP-F07' and said.denominator < minimum.people_count as is_small,
        {{ ten_to_the('8 - metric.decimals') }} as step,
        {{ eighths('said.numerator') }} * case when metric.unit = '%' then 100 else 1 end * {{ ten_to_the('metric.decimals') }} as raised
    from said
    cross join minimum
    inner join {{ source('control', 'ctl_metrics') }} as metric on metric.metric_set = 'operations' and metric.code = said.code
    left join (
        {{ missing_supplies() }}
    ) as supply on supply.code = said.code
    where contains(said.kinds, ',' || said.segment_kind || ',')
),

valued as (
    select
        *,
        case
            when is_missing or is_small then null
            when not is_ratio then numerator
            when denominator = 0 then null
            else {{ rounded_quotient('case when denominator < 0 then -raised else raised end', 'abs(denominator)') }} * step
        end as figure_value
    from described
)

select
    as_of_on::date as as_of_on,
    code,
    segment_kind,
    segment_id,
    {{ shown('figure_value', 8) }} as value,
    case when is_ratio and not is_missing then {{ shown('numerator', 8) }} end as numerator,
    case when is_ratio and not is_missing then {{ shown('denominator', 8) }} end as denominator,
    unit,
    decimals,
    case when is_missing then 'not supplied' when is_small then 'group too small' end as note
from valued
