{{ config(materialized='table_function', parameters=['as_of_on']) }}
-- One row per loan whose lenders' positions, before rounding, do not add up to its outstanding principal, or in which a lender holds less
-- than nothing. Tolerance: the rounding of each change of a share, half of 10^-24.
with
held as (
    select share.loan_id, sum(share.share) as share, min(share.share) as least_share, count(*) as holders_count
    from {{ ref('ldg_claim_shares') }} as share
    where share.valid_from <= as_of_on and share.valid_to > as_of_on
    group by share.loan_id
)

select 'loan ' || state.loan_id as entity, 'outstanding_amount' as field, state.outstanding_amount::varchar as masked_value,
    'positions add up to a share of ' || coalesce(held.share, 0) || ' of 10^24, the least is ' || coalesce(held.least_share, 0) as message
from {{ ref('ldg_loan_states') }} as state
left join held on held.loan_id = state.loan_id
where state.valid_from <= as_of_on and state.valid_to > as_of_on and state.outstanding_amount <> 0
    and (abs(coalesce(held.share, 0) - {{ ten_to(24) }}) > 100000 or coalesce(held.least_share, 0) < -100000)
