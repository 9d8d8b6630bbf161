{{ config(materialized='table_macro') }}
-- depends_on: {{ ref('rpt_cn_scope_as_of') }}
-- depends_on: {{ ref('rpt_cn_borrowers_as_of') }}
-- A row: a lender whose positions, or a borrower whose outstanding principal, exceed the threshold share of all outstanding principal.
with
thresholds as (
    select
        max_by(value, valid_from) filter (where threshold_code = 'lender_concentration_share') as lender_share,
        max_by(value, valid_from) filter (where threshold_code = 'borrower_concentration_share') as borrower_share
    from {{ ref('cn_thresholds') }}
    where valid_from <= as_of_on
),

scope as (select loan_id, outstanding_amount from rpt_cn_scope_as_of(as_of_on) where outstanding_amount > 0),

whole as (select sum(outstanding_amount) as amount from scope),

-- Shares in units of 10^-24 of amounts in cents; 128 bits hold 1.7 million million CNY of them.
lenders as (
    select share.lender_id, (sum(share.share * {{ cents('scope.outstanding_amount') }})::hugeint) // 1000000000000000000000000::hugeint as cents
    from {{ ref('ldg_claim_shares') }} as share
    inner join scope on scope.loan_id = share.loan_id
    where share.valid_from <= as_of_on and share.valid_to > as_of_on
    group by share.lender_id
),

held as (
    select 'lender' as party, lender_id as user_id, cast(cents::decimal(36, 0) * 0.01::decimal(3, 2) as decimal(38, 2)) as amount
    from lenders
    union all
    select 'borrower', borrower_id, outstanding_amount
    from rpt_cn_borrowers_as_of(as_of_on)
)

select 'user ' || held.user_id as entity, held.party || '_share' as field, held.amount::varchar as masked_value,
    'a ' || held.party || ' with ' || held.amount || ' of ' || whole.amount || ' outstanding in all' as message
from held
cross join whole
cross join thresholds
where held.amount > whole.amount * case held.party when 'lender' then thresholds.lender_share else thresholds.borrower_share end
