{{ config(materialized='table_macro') }}
-- A row: a loan outstanding on the day, disbursed longer ago than split_term_age_days, each of whose first holders had sold all of the claim
-- within split_term_hold_days of the purchase. A purchase counts from the disbursement, before which there is no claim.
with
thresholds as (
    select
        (max_by(value, valid_from) filter (where threshold_code = 'split_term_age_days'))::integer as age_days,
        (max_by(value, valid_from) filter (where threshold_code = 'split_term_hold_days'))::integer as hold_days
    from {{ ref('cn_thresholds') }}
    where valid_from <= as_of_on
),

-- Few loans are sold so early: the rest is not looked at.
sold_early as (
    select distinct loan.loan_id, loan.disbursed_on
    from {{ ref('stg_claim_transfers') }} as transfer
    inner join {{ ref('ldg_loans') }} as loan on loan.loan_id = transfer.loan_id
    inner join {{ ref('ldg_loan_states') }} as state on state.loan_id = loan.loan_id
    cross join thresholds
    where loan.disbursed_on < as_of_on - thresholds.age_days and transfer.transferred_on <= loan.disbursed_on + thresholds.hold_days
        and state.valid_from <= as_of_on and state.valid_to > as_of_on and state.outstanding_amount > 0
),

first_holders as (
    select sold_early.loan_id, investment.lender_id, max(greatest(investment.invested_on, sold_early.disbursed_on)) as bought_on
    from sold_early
    inner join {{ ref('stg_investments') }} as investment on investment.loan_id = sold_early.loan_id
    group by sold_early.loan_id, investment.lender_id
),

kept as (
    select first_holders.loan_id, first_holders.lender_id, coalesce(share.share, 0) as share
    from first_holders
    cross join thresholds
    left join {{ ref('ldg_claim_shares') }} as share
        on share.loan_id = first_holders.loan_id and share.lender_id = first_holders.lender_id
            and share.valid_from <= first_holders.bought_on + thresholds.hold_days
            and share.valid_to > first_holders.bought_on + thresholds.hold_days
)

-- 10^5 of 10^24 is what rounding of shares may leave behind.
select 'loan ' || loan_id as entity, 'transferred_at' as field, count(*)::varchar as masked_value,
    'all ' || count(*) || ' first holders sold the claim within days of buying it' as message
from kept
group by loan_id
having max(share) <= 100000
