{{ config(materialized='view') }}
-- What each channel brought and cost on each day, all its campaigns together. Grain: one row per day_on and channel that has any, and one
-- for all channels of the day ('all'). Costs booked for days to come are left out until then, as in the figures; what is
-- counted of a table that the source does not supply is null, not 0.
select
    day_on,
    coalesce(channel, 'all') as channel,
    {{ if_supplied('web_sessions', 'sum(sessions_count)::bigint') }} as sessions_count,
    sum(registrations_count)::bigint as registrations_count,
    sum(first_investments_count)::bigint as first_investments_count,
    {{ if_supplied('marketing_costs', 'cast(sum(cost_amount) as decimal(34, 2))') }} as cost_amount
from {{ ref('fct_channel_daily') }}
where day_on <= {{ latest_business_date() }}
group by grouping sets ((day_on), (day_on, channel))
