{{ config(materialized='table_function', parameters=['as_of_on']) }}
-- One row per month, kind, channel and campaign whose details add up to more than the marketing cost that they are parts of.
with
months as (
    select
        month_on,
        detail_kind,
        channel,
        campaign_code,
        sum(cost_amount) as cost_amount,
        sum(case when detail <> 'not_supplied' then cost_amount else 0 end) as details_amount
    from {{ ref('fct_cost_details_monthly') }}
    where month_on <= as_of_on
    group by month_on, detail_kind, channel, campaign_code
)

select
    'cost of ' || channel || ', campaign ' || campaign_code || ', ' || left(month_on::varchar, 7) as entity,
    detail_kind as field,
    (details_amount - cost_amount)::varchar as masked_value,
    'details by ' || detail_kind || ' of ' || channel || ', campaign ' || campaign_code || ', in ' || left(month_on::varchar, 7) || ' add up to '
    || details_amount || ', its cost is ' || cost_amount || ': ' || (details_amount - cost_amount) || ' too much' as message
from months
-- A cost below 0 (taken back) is not exceeded by details that take back less.
where details_amount > greatest(cost_amount, 0)
