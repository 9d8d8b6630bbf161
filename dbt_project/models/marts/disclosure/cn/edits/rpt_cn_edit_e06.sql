{{ config(materialized='table_function', parameters=['as_of_on']) }}
-- One row per loan outstanding on the day, disbursed more than split_term_age_days ago, each of whose first holders sold at least all of
-- its claim within split_term_hold_days of the purchase. A purchase counts from the disbursement, because before it there is no claim. A
-- first holder who later bought back a claim from another still counts as having sold.
with
thresholds as (
    select
        round({{ in_force('value', "threshold_code = 'split_term_age_days'") }})::integer as age_days,
        round({{ in_force('value', "threshold_code = 'split_term_hold_days'") }})::integer as hold_days
    from {{ ref('cn_thresholds') }}
    where valid_from <= as_of_on
),

-- Few loans are sold so early: only these are checked.
sold_early as (
    select distinct loan.loan_id
    from {{ ref('stg_claim_transfers') }} as transfer
    inner join {{ rows_of('fct_loans_as_of', 'as_of_on') }} as loan on loan.loan_id = transfer.loan_id
    cross join thresholds
    where loan.disbursed_on < as_of_on - thresholds.age_days and transfer.transferred_on <= loan.disbursed_on + thresholds.hold_days
        and loan.outstanding_amount > 0
),

first_holders as (
    select change.loan_id, change.lender_id, sum(change.share_change) as share, max(change.changed_on) as bought_on
    from {{ ref('ldg_share_changes') }} as change
    inner join sold_early on sold_early.loan_id = change.loan_id
    where not change.is_transfer
    group by change.loan_id, change.lender_id
),

sold as (
    select holder.loan_id, holder.lender_id, any_value(holder.share) as share, coalesce(-sum(change.share_change), 0) as sold_share
    from first_holders as holder
    cross join thresholds
    left join {{ ref('ldg_share_changes') }} as change
        on change.loan_id = holder.loan_id and change.lender_id = holder.lender_id and change.is_transfer and change.share_change < 0
            and change.changed_on <= holder.bought_on + thresholds.hold_days and change.changed_on <= as_of_on
    group by holder.loan_id, holder.lender_id
)

-- 10^5 of 10^24 is what the rounding of shares may leave behind.
select 'loan ' || loan_id as entity, 'transferred_at' as field, count(*)::varchar as masked_value,
    'all ' || count(*) || ' first holders sold the claim within days of buying it' as message
from sold
group by loan_id
having max(share - sold_share) <= 100000
