{{ config(materialized='table_function', parameters=['as_of_on']) }}
-- One row per user who holds claims in loans in scope with outstanding principal. Claims are added up exactly, in units of 10^-24 cents. 38
-- digits hold a million million of the currency. Where claims could add up to more, on a very large book or with shares of far more than a
-- loan, all claims of the day are counted in 10^-9 cents.
with
scope as (
    select loan_id, {{ cents('outstanding_amount') }} as outstanding_cents
    from {{ rows_of('rpt_cn_scope_as_of', 'as_of_on') }}
    where outstanding_amount <> 0
),

shares as (select greatest(max(share), -min(share)) as largest_share from {{ ref('ldg_claim_shares') }}),

size as (
    select sum(outstanding_cents) > {{ divided(as_whole('9' * 38), 'nullif((select largest_share from shares), 0)') }} as is_large
    from scope
)

select
    share.lender_id,
    {{ as_whole('sum(case when size.is_large then ' ~ coarse_claim_of('share.share', 'scope.outstanding_cents') ~ ' else share.share * scope.outstanding_cents end)') }} as claim,
    case when bool_or(size.is_large) then {{ ten_to(0) }} else {{ ten_to(15) }} end as unit_claim,
    -- Half a cent, less half of 10^-9 cents: the most that rounding a share can take from an exact half.
    bool_or(
        case
            when size.is_large then {{ coarse_claim_of('share.share', 'scope.outstanding_cents') }} >= {{ as_whole('499999999') }}
            else share.share * scope.outstanding_cents >= {{ as_whole('499999999500000000000000') }}
        end
    ) as is_current
from {{ ref('ldg_claim_shares') }} as share
inner join scope on scope.loan_id = share.loan_id
cross join size
where share.valid_from <= as_of_on and share.valid_to > as_of_on and share.share <> 0
group by share.lender_id
