{{ config(materialized='incremental', incremental_strategy='append', pre_hook="{{ forget_touched_loans() }}") }}
-- How much a lender's share of a loan changed at an instant, in units of 10^-24: an integer, so that shares add up exactly the same on
-- every machine. 24 places keep a position of a hundred billion exact to far below a cent.
with
transfers as (
    select transfer.loan_id, transfer.transfer_id, transfer.seller_id, transfer.buyer_id, transfer.principal, loan.amount, loan.disbursed_on,
        greatest(transfer.transferred_at, loan.disbursed_at) as effective_at,
        greatest(transfer.transferred_on, loan.disbursed_on) as effective_on
    from {{ ref('stg_claim_transfers') }} as transfer
    inner join {{ touched_loans() }} as loan on loan.loan_id = transfer.loan_id
),

-- At one instant repayments come before transfers.
moments as (
    select
        transfers.transfer_id,
        {{ within('any_value(transfers.amount) - coalesce(sum(repayment.principal), 0)', '0', 'any_value(transfers.amount)') }} as outstanding_amount
    from transfers
    left join {{ ref('stg_repayments') }} as repayment
        on repayment.loan_id = transfers.loan_id and repayment.payee_kind = 'lenders' and repayment.paid_at <= transfers.effective_at
    group by transfers.transfer_id
),

moved as (
    select
        transfers.*,
        {{ share_of('transfers.principal', 'moments.outstanding_amount') }} as moved_share
    from transfers
    inner join moments on moments.transfer_id = transfers.transfer_id
    where moments.outstanding_amount > 0
),

funded as (
    select
        loan.loan_id,
        investment.lender_id,
        greatest(investment.invested_at, loan.disbursed_at) as changed_at,
        greatest(investment.invested_on, loan.disbursed_on) as changed_on,
        sum(investment.amount) as invested_amount,
        any_value(loan.amount) as amount
    from {{ touched_loans() }} as loan
    inner join {{ ref('stg_investments') }} as investment on investment.loan_id = loan.loan_id
    where loan.amount > 0
    group by all
),

changes as (
    select loan_id, lender_id, changed_at, changed_on, false as is_transfer, {{ share_of('invested_amount', 'amount') }} as share_change from funded
    union all
    select loan_id, seller_id, effective_at, effective_on, true, -moved_share from moved
    union all
    select loan_id, buyer_id, effective_at, effective_on, true, moved_share from moved
)

select
    loan_id,
    lender_id,
    changed_at,
    changed_on,
    is_transfer,
    {{ as_whole('sum(share_change)') }} as share_change,
    count(*)::integer as changes_count
from changes
group by loan_id, lender_id, changed_at, changed_on, is_transfer
