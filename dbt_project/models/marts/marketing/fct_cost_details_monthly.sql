-- What marketing costs were spent on, by branch and by keyword: details from the platform, and the remainder of each channel's and
-- campaign's cost without details, so that each kind adds up to all marketing costs. A remainder below 0: the details exceed the cost.
-- Costs booked for days to come are left out until then, as in the figures.
-- Grain: one row per month_on, detail_kind, detail (not_supplied for the remainder), channel and campaign_code.
with
campaigns as (
    {{ campaigns_by_number() }}
),

-- Channels and campaigns go through the rules of fct_channel_costs.
details as {{ found_once() }} (
    select
        date_trunc('month', detail.cost_on)::date as month_on,
        detail.detail_kind,
        coalesce({{ said('detail.detail') }}, 'not_supplied') as detail,
        coalesce(told.channel, 'unassigned') as channel,
        {{ booked_campaign('detail.campaign_id', 'campaign.campaign_code') }} as campaign_code,
        detail.amount,
        detail.impressions,
        detail.clicks
    from {{ ref('stg_marketing_cost_details') }} as detail
    left join campaigns as campaign on campaign.campaign_id = detail.campaign_id
    left join {{ ref('dim_booked_channels') }} as told
        on told.booked_channel = detail.channel and told.campaign_kind = coalesce(campaign.campaign_kind, '')
    where detail.deleted_at is null and detail.cost_on <= {{ latest_business_date() }}
),

parts as (
    select month_on, detail_kind, detail, channel, campaign_code, amount, impressions, clicks
    from details
    union all
    select month_on, detail_kind, 'not_supplied', channel, campaign_code, -amount, null, null
    from details
    {%- for kind in ['branch', 'keyword'] %}
    union all
    select date_trunc('month', cost_on)::date, '{{ kind }}', 'not_supplied', channel, campaign_code, cost_amount, null, null
    from {{ ref('fct_channel_costs') }}
    where cost_kind = 'marketing' and cost_on <= {{ latest_business_date() }}
    {%- endfor %}
),

added as (
    select
        month_on,
        detail_kind,
        detail,
        channel,
        campaign_code,
        cast(sum(amount) as decimal(34, 2)) as cost_amount,
        sum(impressions)::bigint as impressions_count,
        sum(clicks)::bigint as clicks_count
    from parts
    group by month_on, detail_kind, detail, channel, campaign_code
)

select
    added.month_on,
    added.detail_kind,
    added.detail,
    branch.name as branch_name,
    added.channel,
    added.campaign_code,
    added.cost_amount,
    added.impressions_count,
    added.clicks_count
from added
left join {{ ref('stg_branches') }} as branch on added.detail_kind = 'branch' and branch.branch_id::varchar = added.detail
-- Where details cover the whole cost, nothing remains.
where added.detail <> 'not_supplied' or added.cost_amount <> 0
