-- What each channel and campaign brought and cost on each day. Grain: one row per day_on, channel and campaign_code that has any.
-- Registrations and first investments count for what brought the registration, each on its own day.
{% set costs = ['marketing', 'reward', 'commission'] %}
with
told as (
    select started_on as day_on, channel, campaign_code, count(*) as sessions_count, 0 as registrations_count, 0 as first_investments_count,
        0.00::decimal(34, 2) as first_investment_amount, null as cost_kind, 0.00::decimal(34, 2) as cost_amount,
        0.00::decimal(34, 2) as cost_by_redemption_amount
    from {{ ref('fct_sessions') }}
    group by all
    union all
    select registered_on, channel, campaign_code, 0, count(*), 0, 0, null, 0, 0
    from {{ ref('fct_registrations') }}
    group by all
    union all
    select first_invested_on, channel, campaign_code, 0, 0, count(*), sum(first_investment_amount), null, 0, 0
    from {{ ref('fct_registrations') }}
    where first_invested_on is not null
    group by all
    union all
    select cost_on, channel, campaign_code, 0, 0, 0, 0, cost_kind, cost_amount, cost_by_redemption_amount
    from {{ ref('fct_channel_costs') }}
)

select
    day_on,
    channel,
    campaign_code,
    sum(sessions_count)::bigint as sessions_count,
    sum(registrations_count)::bigint as registrations_count,
    sum(first_investments_count)::bigint as first_investments_count,
    cast(sum(first_investment_amount) as decimal(34, 2)) as first_investment_amount,
    {%- for kind in costs %}
    {%- set amount = "cast(coalesce(sum(cost_amount) filter (cost_kind = '" ~ kind ~ "'), 0) as decimal(34, 2))" %}
    {{ if_supplied('commissions', amount) if kind == 'commission' else amount }} as {{ kind }}_cost_amount,
    {%- endfor %}
    cast(sum(cost_amount) as decimal(34, 2)) as cost_amount,
    cast(sum(cost_by_redemption_amount) as decimal(34, 2)) as cost_by_redemption_amount
from told
group by day_on, channel, campaign_code
