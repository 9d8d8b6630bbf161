{{ config(materialized='table_function', parameters=['as_of_on']) }}
-- One row per lender whose positions, or borrower whose outstanding principal, exceed the threshold share of all outstanding principal.
-- Compared exactly (positions have 11 decimals of CNY), and rounded half up to the cent where it is shown.
with
thresholds as (
    select
        {{ in_force('value', "threshold_code = 'lender_concentration_share'") }} as lender_share,
        {{ in_force('value', "threshold_code = 'borrower_concentration_share'") }} as borrower_share
    from {{ ref('cn_thresholds') }}
    where valid_from <= as_of_on
),

portfolio as (
    select segment_kind, segment_id, outstanding_amount
    from {{ rows_of('rpt_cn_portfolio_as_of', 'as_of_on') }}
    where segment_kind in ('total', 'borrower')
),

whole as (select outstanding_amount as amount from portfolio where segment_kind = 'total'),

-- Dividing 128 bits is slow: the exact position is computed only for those who may be above the threshold, to a millionth of the whole.
large_claims as (
    select claim.lender_id, claim.claim, claim.unit_claim
    from {{ rows_of('rpt_cn_claims_as_of', 'as_of_on') }} as claim
    cross join whole
    cross join thresholds
    where claim.claim > {{ cents('whole.amount') }} * {{ as_whole('thresholds.lender_share * 1000000 - 1') }} * 1000 * claim.unit_claim
),

held as (
    select 'lender' as party, lender_id::varchar as user_id, {{ amount_of_claim('claim', 'unit_claim') }} as amount
    from large_claims
    union all
    select 'borrower', segment_id, outstanding_amount
    from portfolio
    where segment_kind = 'borrower'
)

select 'user ' || held.user_id as entity, held.party || '_share' as field, round(held.amount, 2)::varchar as masked_value,
    'a ' || held.party || ' with ' || round(held.amount, 2) || ' of ' || whole.amount || ' outstanding in all' as message
from held
cross join whole
cross join thresholds
where whole.amount > 0 and held.amount > whole.amount * case held.party when 'lender' then thresholds.lender_share else thresholds.borrower_share end
