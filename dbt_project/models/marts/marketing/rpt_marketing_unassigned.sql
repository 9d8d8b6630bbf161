{{ config(materialized='view') }}
-- What no rule of channels knows, for people who can write a rule or correct a link or a booking: tags of sessions, and costs under names
-- that fit nothing. Grain: one row per month_on, unassigned_kind (session, or the kind of a cost), utm_source, utm_medium, utm_campaign and
-- booked_as.
select
    date_trunc('month', started_on)::date as month_on,
    'session' as unassigned_kind,
    coalesce(utm_source, '') as utm_source,
    coalesce(utm_medium, '') as utm_medium,
    coalesce(utm_campaign, '') as utm_campaign,
    '' as booked_as,
    count(*) as sessions_count,
    0.00::decimal(34, 2) as cost_amount
from {{ ref('fct_sessions') }}
where channel = 'unassigned'
group by all
union all
select
    date_trunc('month', cost_on)::date,
    cost_kind,
    '',
    '',
    '',
    coalesce(unknown_channels || ', ' || unknown_campaigns, unknown_channels, unknown_campaigns),
    0,
    sum(cost_amount)::decimal(34, 2)
from {{ ref('fct_channel_costs') }}
where unknown_channels is not null or unknown_campaigns is not null
group by all
