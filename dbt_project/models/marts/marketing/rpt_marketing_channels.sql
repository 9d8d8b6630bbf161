-- Channels and campaigns by month, with what a registration and a first investor cost. Grain: one row per month_on, channel and
-- campaign_code, one for all campaigns of a channel, and one for the total (both named 'all').
-- What is counted of a table that the source does not supply is null, not 0.
{% set parts = {
    'marketing_cost': 'marketing_costs', 'reward_cost': 'rewards', 'commission_cost': 'commissions',
    'cost': 'marketing_costs', 'cost_by_redemption': 'marketing_costs',
} %}
with
months as (
    select
        date_trunc('month', day_on)::date as month_on,
        coalesce(channel, 'all') as channel,
        coalesce(campaign_code, 'all') as campaign_code,
        {{ if_supplied('web_sessions', 'sum(sessions_count)::bigint') }} as sessions_count,
        sum(registrations_count)::bigint as registrations_count,
        sum(first_investments_count)::bigint as first_investments_count,
        cast(sum(first_investment_amount) as decimal(34, 2)) as first_investment_amount,
        {%- for part, supply_name in parts.items() %}
        {{ if_supplied(supply_name, 'cast(sum(' ~ part ~ '_amount) as decimal(34, 2))') }} as {{ part }}_amount{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('fct_channel_daily') }}
    -- A cost can be booked for a day in the future.
    where day_on <= {{ latest_business_date() }}
    group by grouping sets ((date_trunc('month', day_on)), (date_trunc('month', day_on), channel), (date_trunc('month', day_on), channel, campaign_code))
),

minimum as (
    select {{ in_force('value') }}::integer as people_count from {{ ref('marketing_parameters') }} where name = 'minimum_group_count'
)

select
    months.*,
    {%- for people, name in (('registrations_count', 'registration'), ('first_investments_count', 'first_investment')) %}
    case when {{ people }} >= greatest(minimum.people_count, 1) then
        cast({{ shown(rounded_quotient(cents('cost_amount'), people), 2) }} as decimal(34, 2))
    end as cost_per_{{ name }}_amount{{ ',' if not loop.last }}
    {%- endfor %}
from months, minimum
