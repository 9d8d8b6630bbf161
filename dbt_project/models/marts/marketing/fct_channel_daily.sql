-- What each channel and campaign brought and cost on each day. Grain: one row a day_on, channel and campaign_code with anything to tell.
-- Registrations and first investments stand under what brought the registration, each on its own day.
with
told as (
    select started_on as day_on, channel, campaign_code, count(*) as sessions_count, 0 as registrations_count, 0 as first_investments_count,
        0.00::decimal(34, 2) as first_investment_amount, 0.00::decimal(34, 2) as cost_amount
    from {{ ref('fct_sessions') }}
    group by all
    union all
    select registered_on, channel, campaign_code, 0, count(*), 0, 0, 0
    from {{ ref('fct_registrations') }}
    group by all
    union all
    select first_invested_on, channel, campaign_code, 0, 0, count(*), sum(first_investment_amount), 0
    from {{ ref('fct_registrations') }}
    where first_invested_on is not null
    group by all
    union all
    select cost.cost_on, cost.channel, coalesce(campaign.code, 'none'), 0, 0, 0, 0, cost.amount
    from {{ ref('stg_marketing_costs') }} as cost
    left join {{ ref('stg_campaigns') }} as campaign on campaign.campaign_id = cost.campaign_id and campaign.deleted_at is null
    where cost.deleted_at is null
)

select
    day_on,
    channel,
    campaign_code,
    sum(sessions_count)::bigint as sessions_count,
    sum(registrations_count)::bigint as registrations_count,
    sum(first_investments_count)::bigint as first_investments_count,
    cast(sum(first_investment_amount) as decimal(34, 2)) as first_investment_amount,
    cast(sum(cost_amount) as decimal(34, 2)) as cost_amount
from told
group by all
