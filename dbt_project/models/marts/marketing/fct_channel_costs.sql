-- What bringing people cost on a day: marketing, commissions, and rewards granted to acquire. Channels and campaigns as somebody typed them go
-- through the rules of sessions; what fits nothing stays under `unassigned`. Grain: one row a cost_on, cost_kind, channel and campaign_code.
with
rules as {{ found_once() }} (
    {{ all_channel_rules() }}
),

channels as (select distinct channel, {{ tag_key('channel') }} as tag_code from rules where channel <> 'unassigned'),

-- Any campaign of a code is the first of it, as for sessions.
campaigns as {{ found_once() }} (
    select campaign.campaign_id, kept.campaign_code, kept.campaign_kind
    from {{ ref('stg_campaigns') }} as campaign
    inner join {{ ref('dim_campaigns') }} as kept on kept.tag_code = {{ tag_key('campaign.code') }}
    where campaign.deleted_at is null
),

-- Campaign 0 is none.
booked as (
    select cost_on, 'marketing' as cost_kind, channel as booked_channel, nullif(campaign_id, 0) as campaign_id, null::bigint as user_id, amount
    from {{ ref('stg_marketing_costs') }}
    where deleted_at is null
    union all
    select earned_on, 'commission', {{ said('channel') }}, nullif(campaign_id, 0), user_id, amount
    from {{ ref('stg_commissions') }}
),

names as {{ found_once() }} (
    select distinct booked.booked_channel, {{ tag_key('booked.booked_channel') }} as tag_code, campaign.campaign_kind
    from booked
    left join campaigns as campaign on campaign.campaign_id = booked.campaign_id
    where booked.booked_channel is not null
),

-- What is no channel's name is a tag like a session's.
tags as (
    select booked_channel, campaign_kind, 'utm_medium' as match_field, tag_code as value from names
    union all
    select booked_channel, campaign_kind, 'utm_source', tag_code from names
    union all
    select booked_channel, campaign_kind, 'campaign_kind', coalesce(campaign_kind, '') from names
),

ruled as (
    select tag.booked_channel, tag.campaign_kind, min_by(rule.channel, rule.rule_no) filter (rule.channel is not null) as channel
    from tags as tag
    inner join rules as rule on rule.match_field = tag.match_field and rule.match_kind = 'equals' and rule.pattern = tag.value
    group by tag.booked_channel, tag.campaign_kind
),

told as (
    select name.booked_channel, name.campaign_kind, coalesce(named.channel, ruled.channel) as channel
    from names as name
    left join channels as named on named.tag_code = name.tag_code
    left join ruled on ruled.booked_channel = name.booked_channel and ruled.campaign_kind is not distinct from name.campaign_kind
),

purposes as {{ found_once() }} (
    {{ with_end(ref('acquisition_rewards'), 'match_field, dated.pattern') }}
),

rewards as {{ found_once() }} (
    select
        reward.granted_on,
        reward.expires_on,
        reward.redeemed_at is null and reward.expires_on <= {{ latest_business_date() }} as is_expired,
        nullif(reward.campaign_id, 0) as campaign_id,
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
        -- A commission without a channel is that of the user who was brought.
        coalesce(told.channel, case when booked.booked_channel is null then registration.channel end) as channel,
        booked.campaign_id,
        booked.amount as granted_amount,
        booked.amount as redeemed_amount
    from booked
    left join campaigns as campaign on campaign.campaign_id = booked.campaign_id
    left join told on told.booked_channel = booked.booked_channel and told.campaign_kind is not distinct from campaign.campaign_kind
    left join {{ ref('fct_registrations') }} as registration on registration.user_id = booked.user_id
    union all
    -- By redemption, what expired unredeemed is taken back on the day it did.
    {%- for day, condition, granted, redeemed in (
        ('granted_on', 'true', 'reward.amount', 'reward.amount'), ('expires_on', 'reward.is_expired', '0', '-reward.amount')
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
        case when cost.campaign_id is null then 'none' else coalesce(campaign.campaign_code, 'unassigned') end as campaign_code,
        cost.granted_amount,
        cost.redeemed_amount,
        case when cost.channel is null then 'channel ' || coalesce(cost.booked_channel, 'none') end as unknown_channel,
        case when cost.campaign_id is not null and campaign.campaign_id is null then 'campaign ' || cost.campaign_id end as unknown_campaign
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
