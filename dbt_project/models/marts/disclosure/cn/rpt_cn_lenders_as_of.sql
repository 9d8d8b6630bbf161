{{ config(materialized='table_macro') }}
-- depends_on: {{ ref('rpt_cn_readings_as_of') }}
-- One row a user who by the day had put money into a disbursed loan in scope or bought a claim in one. Positions are exact to 10^-9 cents
-- and shown to 10^-8 CNY.
with
scope as (
    select loan.loan_id, loan.disbursed_on, state.outstanding_amount
    from {{ ref('ldg_loans') }} as loan
    cross join rpt_cn_readings_as_of(as_of_on) as readings
    left join {{ ref('ldg_loan_states') }} as state
        on state.loan_id = loan.loan_id and state.valid_from <= as_of_on and state.valid_to > as_of_on
    where loan.disbursed_on <= as_of_on and (readings.counts_promotional or not loan.is_promotional)
),

lent as (
    select investment.lender_id
    from {{ ref('stg_investments') }} as investment
    inner join scope on scope.loan_id = investment.loan_id
    where investment.invested_on <= as_of_on
    union
    select transfer.buyer_id
    from {{ ref('stg_claim_transfers') }} as transfer
    inner join scope on scope.loan_id = transfer.loan_id
    where transfer.transferred_on <= as_of_on
),

positions as (
    select share.lender_id, {{ position_of('share.share', 'scope.outstanding_amount') }} as position
    from {{ ref('ldg_claim_shares') }} as share
    inner join scope on scope.loan_id = share.loan_id and scope.outstanding_amount <> 0
    where share.valid_from <= as_of_on and share.valid_to > as_of_on and share.share <> 0
),

held as (
    select
        lender_id,
        sum(position)::hugeint as position,
        -- half a cent, in units of 10^-9 cents
        bool_or(position >= 500000000) as is_current
    from positions
    group by lender_id
),

ranked as (
    select
        coalesce(lent.lender_id, held.lender_id) as lender_id,
        (lent.lender_id is not null)::integer as lenders_count,
        coalesce(held.is_current, false)::integer as current_lenders_count,
        coalesce(held.position, 0) as position,
        row_number() over (order by coalesce(held.position, 0) desc, coalesce(lent.lender_id, held.lender_id)) as position_rank
    from lent
    full join held on held.lender_id = lent.lender_id
)

select
    lender_id,
    lenders_count,
    current_lenders_count,
    {{ shown('position', 11) }} as position_amount,
    case when position_rank <= 10 and position > 0 then position else 0 end as top_ten_position,
    case when position_rank = 1 and position > 0 then position else 0 end as largest_position,
    {{ shown('case when position_rank <= 10 and position > 0 then position else 0 end', 11) }} as top_ten_position_amount,
    {{ shown('case when position_rank = 1 and position > 0 then position else 0 end', 11) }} as largest_position_amount
from ranked
