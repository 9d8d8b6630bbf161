-- The channels that people typed for costs, their details and commissions, by the rules of sessions: a channel's own name, else a tag like
-- a session's, else the kind of the campaign. Grain: one row per booked_channel and campaign_kind (empty where there is none).
with
rules as {{ found_once() }} (
    {{ all_channel_rules() }}
),

channels as (select distinct channel, {{ tag_key('channel') }} as tag_code from rules where channel <> 'unassigned'),

campaigns as (
    {{ campaigns_by_number() }}
),

booked as (
    select channel as booked_channel, campaign_id from {{ ref('stg_marketing_costs') }} where deleted_at is null
    union all
    select channel, campaign_id from {{ ref('stg_marketing_cost_details') }} where deleted_at is null
    union all
    select {{ said('channel') }}, campaign_id from {{ ref('stg_commissions') }}
),

names as {{ found_once() }} (
    select distinct
        booked.booked_channel,
        {{ tag_key('booked.booked_channel') }} as tag_code,
        coalesce(campaign.campaign_kind, '') as campaign_kind
    from booked
    left join campaigns as campaign on campaign.campaign_id = booked.campaign_id
    where booked.booked_channel is not null
),

-- What is not the name of a channel is a tag like a session's.
tags as (
    select booked_channel, campaign_kind, 'utm_medium' as match_field, tag_code as value from names
    union all
    select booked_channel, campaign_kind, 'utm_source', tag_code from names
    union all
    select booked_channel, campaign_kind, 'campaign_kind', campaign_kind as value from names
),

ruled as (
    select tag.booked_channel, tag.campaign_kind, min_by(rule.channel, rule.rule_no) filter (rule.channel is not null) as channel
    from tags as tag
    inner join rules as rule on rule.match_field = tag.match_field and rule.match_kind = 'equals' and rule.pattern = tag.value
    group by tag.booked_channel, tag.campaign_kind
)

select
    name.booked_channel,
    name.campaign_kind,
    coalesce(named.channel, ruled.channel) as channel
from names as name
left join channels as named on named.tag_code = name.tag_code
left join ruled on ruled.booked_channel = name.booked_channel and ruled.campaign_kind = name.campaign_kind
