-- How much the realised loss of a loan changed on a day, up to the latest day; the loss of any day is a running sum. A loan's loss is the
-- principal that its borrower has not repaid, while the loan is written off or more than 180 days past due by the borrower. Grain: one row
-- per loan_id and changed_on with a change.
with
loans as (
    select loan_id, disbursed_on, amount, least(first_over_180_on, written_off_on) as lost_on, written_off_on
    from {{ ref('fct_loan_risk') }}
    where least(first_over_180_on, written_off_on) <= {{ latest_business_date() }}
),

changes as (
    select loan.loan_id, greatest(repayment.paid_on, loan.disbursed_on) as changed_on, repayment.principal as repaid, 0 as lost_count
    from loans as loan
    inner join {{ ref('stg_repayments') }} as repayment on repayment.loan_id = loan.loan_id and repayment.payer_kind = 'borrower'
    union all
    select loan_id, written_off_on, 0, 1 from loans where written_off_on is not null
    union all
    select state.loan_id, greatest(state.valid_from, state.borrower_overdue_since_due_on + 181), 0, 1
    from {{ ref('ldg_loan_states') }} as state
    where state.borrower_overdue_since_due_on + 181 < state.valid_to and state.loan_id in (select loans.loan_id from loans)
    union all
    select state.loan_id, state.valid_to, 0, -1
    from {{ ref('ldg_loan_states') }} as state
    where state.borrower_overdue_since_due_on + 181 < state.valid_to and state.loan_id in (select loans.loan_id from loans)
),

days as (
    select
        changes.loan_id,
        changes.changed_on,
        sum(sum(changes.repaid)) over until_day as repaid_to_date,
        sum(sum(changes.lost_count)) over until_day > 0 as is_lost
    from changes
    where changes.changed_on <= {{ latest_business_date() }}
    group by changes.loan_id, changes.changed_on
    window until_day as (partition by changes.loan_id order by changes.changed_on)
),

valued as (
    select
        days.loan_id,
        days.changed_on,
        loan.lost_on,
        {{ within('days.repaid_to_date', '0', 'loan.amount') }} as repaid,
        case when days.is_lost then loan.amount - {{ within('days.repaid_to_date', '0', 'loan.amount') }} else 0 end as loss
    from days
    inner join loans as loan on loan.loan_id = days.loan_id
),

compared as (
    select
        loan_id,
        changed_on,
        loss - coalesce(lag(loss) over days, 0) as loss_change,
        case when changed_on > lost_on then repaid - coalesce(lag(repaid) over days, 0) else 0 end as recovered
    from valued
    window days as (partition by loan_id order by changed_on)
)

select
    loan_id,
    changed_on,
    cast(loss_change as decimal(18, 2)) as loss_change_amount,
    cast(recovered as decimal(18, 2)) as recovered_amount
from compared
where loss_change <> 0 or recovered <> 0
