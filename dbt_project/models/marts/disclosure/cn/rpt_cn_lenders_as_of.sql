{{ config(materialized='table_macro') }}
-- depends_on: {{ ref('rpt_cn_claims_as_of') }}
-- One row a user who by the day had put money into a disbursed loan in scope or bought a claim in one. Claims are rounded once: to 10^-9 cents.
with
told as (
    select start.lender_id, true as has_lent, null::hugeint as claim, false as is_current
    from {{ ref('ldg_lender_starts') }} as start
    cross join rpt_cn_readings_as_of(as_of_on) as readings
    where start.lent_from <= as_of_on and (readings.counts_promotional or not start.is_promotional)
    union all
    select lender_id, false, claim, is_current
    from rpt_cn_claims_as_of(as_of_on)
),

held as (
    select lender_id, bool_or(has_lent) as has_lent, sum(claim)::hugeint as claim, bool_or(is_current) as is_current
    from told
    group by lender_id
),

-- Only ten need an order: sorting all lenders would cost more than adding up their claims.
largest as (
    select lender_id, row_number() over (order by claim desc, lender_id asc) as claim_rank
    from held
    where claim > 0 and claim >= (select list_min(max(whole.claim, 10)) from held as whole)
)

-- Spelled out in each column: a reader of the sums alone then rounds the few claims that they are made of.
{% set position = position_of_claim('claim') -%}
select
    held.lender_id,
    held.has_lent::integer as lenders_count,
    held.is_current::integer as current_lenders_count,
    {{ position }} as held_position,
    {{ shown(position, 11) }} as position_amount,
    case when claim_rank <= 10 then {{ position }} else 0 end as top_ten_position,
    case when claim_rank = 1 then {{ position }} else 0 end as largest_position,
    {{ shown('case when claim_rank <= 10 then ' ~ position ~ ' else 0 end', 11) }} as top_ten_position_amount,
    {{ shown('case when claim_rank = 1 then ' ~ position ~ ' else 0 end', 11) }} as largest_position_amount
from held
left join largest on largest.lender_id = held.lender_id
