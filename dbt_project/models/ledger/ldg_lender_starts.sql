{{ config(materialized='incremental', incremental_strategy='append', pre_hook="{{ forget_touched_lenders() }}") }}
-- Since when a user has been a lender: the first day on which they had money in a disbursed loan or bought a claim in one. A lender's first
-- day depends on all of their loans, so for a touched lender all of them are read. A sale by which no claim changed hands makes nobody a
-- lender: of nothing, to the seller, or of a loan of which nothing is outstanding, where no share moved.
{%- set touched = touched_lenders() -%}
{%- set of_touched = ' where lender_id in ' ~ touched if is_incremental() else '' %}
select
    lender_id,
    min(lent_on) filter (not is_promotional) as lent_from,
    min(lent_on) filter (is_promotional) as promotional_lent_from
from (
    select investment.lender_id, loan.is_promotional, greatest(investment.invested_on, loan.disbursed_on) as lent_on
    from {{ ref('stg_investments') }} as investment
    inner join {{ ref('ldg_loans') }} as loan on loan.loan_id = investment.loan_id
    union all
    select transfer.buyer_id, loan.is_promotional, greatest(transfer.transferred_on, loan.disbursed_on)
    from {{ ref('stg_claim_transfers') }} as transfer
    inner join {{ ref('ldg_loans') }} as loan on loan.loan_id = transfer.loan_id
    inner join {{ ref('ldg_share_changes') }} as moved
        on moved.loan_id = transfer.loan_id and moved.lender_id = transfer.buyer_id and moved.is_transfer
            and moved.changed_at = greatest(transfer.transferred_at, loan.disbursed_at)
    where transfer.principal > 0 and transfer.buyer_id <> transfer.seller_id
){{ of_touched }}
group by lender_id
