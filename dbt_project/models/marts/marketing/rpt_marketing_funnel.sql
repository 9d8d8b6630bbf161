-- The lender funnel by month of registration, a row a step. Grain: one row a month_on, channel ('all' for every one) and step_no.
{% set steps = ['visit', 'registration', 'mobile', 'real_name', 'bank_card', 'first_deposit', 'first_investment', 'second_investment'] %}
with
months as (
    select
        date_trunc('month', registered_on)::date as month_on,
        coalesce(channel, 'all') as channel,
        {%- for step in steps %}
        sum({{ step }}_count)::bigint as {{ step }}_count{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('fct_lender_funnel') }}
    group by grouping sets ((date_trunc('month', registered_on)), (date_trunc('month', registered_on), channel))
),

steps as (
    {%- for step in steps %}
    select month_on, channel, {{ loop.index }} as step_no, '{{ step }}' as step_code, {{ step }}_count as people_count,
        {{ steps[loop.index0 - 1] ~ '_count' if loop.index0 else 'cast(null as bigint)' }} as previous_count, visit_count as first_count
    from months
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

minimum as (
    select {{ in_force('value') }}::integer as people_count from {{ ref('marketing_parameters') }} where name = 'minimum_group_count'
)

select
    steps.month_on,
    steps.channel,
    steps.step_no,
    steps.step_code,
    steps.people_count,
    {%- for base, name in (('previous_count', 'of_previous'), ('first_count', 'of_first')) %}
    case when steps.{{ base }} >= greatest(minimum.people_count, 1) then
        cast({{ shown(rounded_quotient(as_whole('steps.people_count') ~ ' * 1000000', 'steps.' ~ base), 6) }} as decimal(9, 6))
    end as {{ name }}_share{{ ',' if not loop.last }}
    {%- endfor %}
from steps, minimum
