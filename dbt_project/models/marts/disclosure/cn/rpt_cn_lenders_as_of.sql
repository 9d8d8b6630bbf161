{{ config(materialized='table_macro') }}
-- depends_on: {{ ref('rpt_cn_scope_as_of') }}
-- One row a user who by the day had put money into a disbursed loan in scope or bought a claim in one. Claims are
-- added up exactly, in units of 10^-24 cents (128 bits hold 1.7 million million CNY of them), and rounded once: to 10^-9 cents.
with
lent as (
    select distinct start.lender_id
    from {{ ref('ldg_lender_starts') }} as start
    cross join rpt_cn_readings_as_of(as_of_on) as readings
    where start.lent_from <= as_of_on and (readings.counts_promotional or not start.is_promotional)
),

claims as (
    select share.lender_id, share.share * scope.outstanding_cents as claim
    from {{ ref('ldg_claim_shares') }} as share
    inner join (
        select loan_id, {{ cents('outstanding_amount') }} as outstanding_cents
        from rpt_cn_scope_as_of(as_of_on)
        where outstanding_amount <> 0
    ) as scope on scope.loan_id = share.loan_id
    where share.valid_from <= as_of_on and share.valid_to > as_of_on and share.share <> 0
),

held as (
    select
        lender_id,
        sum(claim)::hugeint as claim,
        -- half a cent, less half of 10^-9 cents: what rounding a share can take from an exact half
        bool_or(claim >= 499999999500000000000000::hugeint) as is_current
    from claims
    group by lender_id
),

-- Only ten need an order: sorting all lenders would cost more than adding up their claims.
largest as (
    select lender_id, row_number() over (order by claim desc, lender_id asc) as claim_rank
    from held
    where claim > 0 and claim >= (select list_min(max(whole.claim, 10)) from held as whole)
),

named as (
    select
        coalesce(lent.lender_id, held.lender_id) as lender_id,
        (lent.lender_id is not null)::integer as lenders_count,
        coalesce(held.is_current, false)::integer as current_lenders_count,
        held.claim,
        largest.claim_rank
    from lent
    full join held on held.lender_id = lent.lender_id
    left join largest on largest.lender_id = held.lender_id
)

-- Spelled out in each column: a reader of the sums alone then rounds the few claims that they are made of.
{% set position = 'coalesce((claim * 2 + sign(claim)::hugeint * 1000000000000000::hugeint) // 2000000000000000::hugeint, 0)' -%}
select
    lender_id,
    lenders_count,
    current_lenders_count,
    {{ position }} as held_position,
    {{ shown(position, 11) }} as position_amount,
    case when claim_rank <= 10 then {{ position }} else 0 end as top_ten_position,
    case when claim_rank = 1 then {{ position }} else 0 end as largest_position,
    {{ shown('case when claim_rank <= 10 then ' ~ position ~ ' else 0 end', 11) }} as top_ten_position_amount,
    {{ shown('case when claim_rank = 1 then ' ~ position ~ ' else 0 end', 11) }} as largest_position_amount
from named
