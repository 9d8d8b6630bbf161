{{ config(materialized='table_function', parameters=['as_of_on']) }}
-- One row per user who by the day had put money into a disbursed loan in scope or bought a claim in one. Claims are rounded once: to 10^-9
-- cents.
with
claims as (
    select * from {{ rows_of('rpt_cn_claims_as_of', 'as_of_on') }}
),

starts as (
    select start.lender_id
    from {{ ref('ldg_lender_starts') }} as start
    cross join {{ rows_of('rpt_cn_readings_as_of', 'as_of_on') }} as readings
    where least(start.lent_from, case when readings.counts_promotional then start.promotional_lent_from end) <= as_of_on
),

-- A seller who never had the claim holds less than nothing and never lent: an error of the source that must stay visible here.
held as (
    select
        coalesce(start.lender_id, claim.lender_id) as lender_id,
        start.lender_id is not null as has_lent,
        claim.claim,
        claim.unit_claim,
        coalesce(claim.is_current, false) as is_current
    from starts as start
    full join claims as claim on claim.lender_id = start.lender_id
),

-- Only the first ten need an order: sorting all lenders would cost more than adding up their claims.
largest as (
    select lender_id, row_number() over (order by claim desc, lender_id asc) as claim_rank
    from held
    where claim > 0 and claim >= (
        select min(ten.claim)
        from (select whole.claim from held as whole where whole.claim is not null order by whole.claim desc limit 10) as ten
    )
)

-- Written out in each column: a query that reads only the sums then rounds only the few claims that they need.
{% set amount = amount_of_claim('claim', 'unit_claim') -%}
select
    held.lender_id,
    held.has_lent::integer as lenders_count,
    held.is_current::integer as current_lenders_count,
    {{ amount }} as position_amount,
    case when claim_rank <= 10 then {{ amount }} else 0 end as top_ten_position_amount,
    case when claim_rank = 1 then {{ amount }} else 0 end as largest_position_amount
from held
left join largest on largest.lender_id = held.lender_id
