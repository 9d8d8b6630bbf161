{{ config(materialized='table_function', parameters=['as_of_on']) }}
-- One row a user who holds claims in loans in scope with outstanding principal. Claims are added up exactly, in units of 10^-24 cents (38
-- digits hold a million million CNY of them).
select
    share.lender_id,
    {{ as_whole('sum(share.share * scope.outstanding_cents)') }} as claim,
    -- half a cent, less half of 10^-9 cents: what rounding a share can take from an exact half
    bool_or(share.share * scope.outstanding_cents >= {{ as_whole('499999999500000000000000') }}) as is_current
from {{ ref('ldg_claim_shares') }} as share
inner join (
    select loan_id, {{ cents('outstanding_amount') }} as outstanding_cents
    from {{ rows_of('rpt_cn_scope_as_of', 'as_of_on') }}
    where outstanding_amount <> 0
) as scope on scope.loan_id = share.loan_id
where share.valid_from <= as_of_on and share.valid_to > as_of_on and share.share <> 0
group by share.lender_id
