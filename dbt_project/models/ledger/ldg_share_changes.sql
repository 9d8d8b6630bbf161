{{ config(materialized='incremental', incremental_strategy='append', pre_hook="{{ forget_touched_loans() }}") }}
{%- set by_shares = as_whole('100000') %}
-- How much a lender's share of a loan changed at an instant, in units of 10^-24: an integer, so that shares add up exactly the same on
-- every machine. 24 places keep a position of a hundred billion exact to far below a cent. A whole claim is sold for what is
-- shown of it, rounded to the cent: a sale of at most half a cent more than the seller has moves all that the seller has.
with recursive
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

booked as {{ found_once() }} (
    select
        transfers.*,
        row_number() over (partition by transfers.loan_id order by transfers.effective_at, transfers.transfer_id) as sale_no,
        {{ share_of('transfers.principal', 'moments.outstanding_amount') }} as booked_share,
        {{ divided(ten_to(24), '2 * ' ~ cents('moments.outstanding_amount')) }} + {{ by_shares }} as half_cent_share
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

-- What a seller lacks after a sale if every sale moves what was booked; less than nothing for a seller who keeps something.
holdings as (
    select loan_id, lender_id, changed_at, 0 as sale_no, {{ share_of('invested_amount', 'amount') }} as share_change
    from funded
    where loan_id in (select sold.loan_id from booked as sold)
    union all
    select loan_id, seller_id, effective_at, sale_no, -booked_share from booked
    union all
    select loan_id, buyer_id, effective_at, sale_no, booked_share from booked
),

held as (
    select loan_id, lender_id, sale_no, {{ as_whole('sum(share_change) over until_then') }} as share
    from holdings
    window until_then as (partition by loan_id, lender_id order by changed_at, sale_no)
),

sales as {{ found_once() }} (
    select distinct
        booked.loan_id,
        booked.sale_no,
        booked.seller_id,
        booked.buyer_id,
        -held.share as lacking_share,
        -- Who has nothing has nothing to round.
        case when booked.seller_id = booked.buyer_id then 0 else least(booked.half_cent_share, booked.booked_share - 1) end as most_share
    from booked
    inner join held on held.loan_id = booked.loan_id and held.sale_no = booked.sale_no and held.lender_id = booked.seller_id
),

parties as (
    select loan_id, seller_id as lender_id from booked
    union
    select loan_id, buyer_id from booked
),

-- Few loans have such a sale. Only theirs are gone through sale by sale, because what a buyer gets decides what that buyer can sell.
-- cut_share: what the sale moves less than was booked. more_share: what a party therefore has beyond what was booked.
steps as (
    select loan_id, lender_id, {{ as_whole('0') }} as sale_no, {{ as_whole('0') }} as more_share, {{ as_whole('0') }} as cut_share
    from parties
    where loan_id in (select sale.loan_id from sales as sale where sale.lacking_share > {{ by_shares }} and sale.lacking_share <= sale.most_share)
    union all
    select loan_id, lender_id, sale_no,
        more_share + case lender_id when seller_id then cut_share when buyer_id then -cut_share else 0 end,
        cut_share
    from (
        select *, case when lacking_share between 1 and most_share then lacking_share else 0 end as cut_share
        from (
            select step.loan_id, step.lender_id, step.more_share, sale.sale_no, sale.seller_id, sale.buyer_id, sale.most_share,
                sale.lacking_share
                    - max(case step.lender_id when sale.seller_id then step.more_share end) over (partition by step.loan_id) as lacking_share
            from steps as step
            inner join sales as sale on sale.loan_id = step.loan_id and sale.sale_no = step.sale_no + 1
        )
    )
),

moved as (
    select booked.*, booked.booked_share - coalesce(step.cut_share, 0) as moved_share
    from booked
    left join steps as step on step.loan_id = booked.loan_id and step.sale_no = booked.sale_no and step.lender_id = booked.seller_id
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
