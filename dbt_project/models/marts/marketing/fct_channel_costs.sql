-- What acquiring people cost on a day: marketing, commissions, and rewards granted to acquire. Channels and campaigns as people typed them
-- go through the rules of sessions; what fits nothing stays under `unassigned`. Grain: one row per cost_on, cost_kind, channel and
-- campaign_code.
{#- `greatest` leaves out what is null, and a reward without an end never expires. -#}
{%- set expired_on = 'case when reward.expires_on is not null then greatest(reward.granted_on, reward.expires_on) end' %}
with
campaigns as {{ found_once() }} (
    {{ campaigns_by_number() }}
),

booked as (
    select cost_on, 'marketing' as cost_kind, channel as booked_channel, campaign_id, null::bigint as user_id, amount
    from {{ ref('stg_marketing_costs') }}
    where deleted_at is null
    union all
    select earned_on, 'commission', {{ said('channel') }}, campaign_id, user_id, amount
    from {{ ref('stg_commissions') }}
),

purposes as {{ found_once() }} (
    {{ with_end(ref('acquisition_rewards'), 'match_field, dated.pattern') }}
),

rewards as {{ found_once() }} (
    select
        reward.granted_on,
        -- One that expired before its grant was owed at no time: what it cost is taken back on the day of the grant, never before it.
        {{ expired_on }} as expired_on,
        reward.redeemed_at is null and {{ expired_on }} <= {{ latest_business_date() }} as is_expired,
        reward.campaign_id,
        reward.user_id,
        reward.amount,
        coalesce(of_campaign.channel, of_kind.channel) as channel
    from {{ ref('stg_rewards') }} as reward
    left join campaigns as campaign on campaign.campaign_id = reward.campaign_id
    left join purposes as of_campaign
        on of_campaign.match_field = 'campaign_kind' and of_campaign.pattern = campaign.campaign_kind
            and of_campaign.valid_from <= reward.granted_on and of_campaign.valid_to > reward.granted_on
    left join purposes as of_kind
        on of_kind.match_field = 'reward_kind' and of_kind.pattern = reward.reward_kind
            and of_kind.valid_from <= reward.granted_on and of_kind.valid_to > reward.granted_on
    where reward.deleted_at is null and coalesce(of_campaign.channel, of_kind.channel) <> 'none'
),

costs as (
    select
        booked.cost_on,
        booked.cost_kind,
        booked.booked_channel,
        -- A commission without a channel has that of the user it is for.
        coalesce(told.channel, case when booked.booked_channel is null then registration.channel end) as channel,
        booked.campaign_id,
        booked.amount as granted_amount,
        booked.amount as redeemed_amount
    from booked
    left join campaigns as campaign on campaign.campaign_id = booked.campaign_id
    left join {{ ref('dim_booked_channels') }} as told
        on told.booked_channel = booked.booked_channel and told.campaign_kind = coalesce(campaign.campaign_kind, '')
    left join {{ ref('fct_registrations') }} as registration on registration.user_id = booked.user_id
    union all
    -- By redemption: what expired unredeemed is taken back on the day it expired.
    {%- for day, condition, granted, redeemed in (
        ('granted_on', 'true', 'reward.amount', 'reward.amount'), ('expired_on', 'reward.is_expired', '0', '-reward.amount')
    ) %}
    select
        reward.{{ day }},
        'reward',
        null,
        case when reward.channel = 'own' then coalesce(registration.channel, 'unknown') else reward.channel end,
        reward.campaign_id,
        {{ granted }},
        {{ redeemed }}
    from rewards as reward
    left join {{ ref('fct_registrations') }} as registration on registration.user_id = reward.user_id
    where {{ condition }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

assigned as (
    select
        cost.cost_on,
        cost.cost_kind,
        coalesce(cost.channel, 'unassigned') as channel,
        {{ booked_campaign('cost.campaign_id', 'campaign.campaign_code') }} as campaign_code,
        cost.granted_amount,
        cost.redeemed_amount,
        case when cost.channel is null then 'channel ' || coalesce(cost.booked_channel, 'none') end as unknown_channel,
        case when cost.campaign_id <> 0 and campaign.campaign_id is null then 'campaign ' || cost.campaign_id end as unknown_campaign
    from costs as cost
    left join campaigns as campaign on campaign.campaign_id = cost.campaign_id
)

select
    cost_on,
    cost_kind,
    channel,
    campaign_code,
    cast(sum(granted_amount) as decimal(34, 2)) as cost_amount,
    cast(sum(redeemed_amount) as decimal(34, 2)) as cost_by_redemption_amount,
    string_agg(distinct unknown_channel, ', ' order by unknown_channel) as unknown_channels,
    string_agg(distinct unknown_campaign, ', ' order by unknown_campaign) as unknown_campaigns
from assigned
group by cost_on, cost_kind, channel, campaign_code
