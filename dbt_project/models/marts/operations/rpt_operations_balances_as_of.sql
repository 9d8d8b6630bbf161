{{ config(materialized='table_function', parameters=['as_of_on']) }}
-- All changes up to a day of two balances of the platform, by channel: the risk reserve and the liability for rewards. They are the same
-- for all populations. Grain: one row per day_on and channel.
select day_on, segment_id as channel, sum(reserve_change_amount) as reserve_change_amount, sum(reward_liability_change_amount) as reward_liability_change_amount
from {{ ref('fct_business_daily') }}
where segment_kind = 'channel' and day_on <= as_of_on and (reserve_change_amount <> 0 or reward_liability_change_amount <> 0)
group by day_on, segment_id
