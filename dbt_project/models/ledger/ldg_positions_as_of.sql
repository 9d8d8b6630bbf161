{{ config(materialized='table_function', parameters=['as_of_on']) }}
-- What each lender holds of each loan on a day, to the cent: the positions of a loan add up to its outstanding principal (for a loan that
-- was not wholly funded: to the funded part of it). Grain: one row per loan_id and lender_id with more than what the rounding of shares
-- leaves behind.
with
held as (
    select share.loan_id, share.lender_id, share.share, state.outstanding_amount
    from {{ ref('ldg_claim_shares') }} as share
    inner join {{ ref('ldg_loan_states') }} as state on state.loan_id = share.loan_id
    where share.valid_from <= as_of_on and share.valid_to > as_of_on and share.share <> 0
        and state.valid_from <= as_of_on and state.valid_to > as_of_on
),

split as (
    select
        loan_id,
        lender_id,
        {{ position_of('share', 'outstanding_amount') }} as position,
        {{ position_of(as_whole('sum(share) over (partition by loan_id)'), 'outstanding_amount') }} as whole_position
    from held
)

select
    loan_id,
    lender_id,
    {{ largest_remainder('position', 'whole_position', ['loan_id'], 'lender_id') }} as position_amount
from split
where position <> 0
