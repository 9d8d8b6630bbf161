-- Since when a user has been a lender: the first day on which money of theirs was in a disbursed loan or they bought a claim in one.
-- Made anew by every build: it is one pass, and a lender's first day hangs on all of their loans.
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
)
group by lender_id
