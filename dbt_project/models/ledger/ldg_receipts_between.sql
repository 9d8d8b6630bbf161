{{ config(materialized='table_function', parameters=['from_on', 'to_on']) }}
-- What each lender received of each repayment from one day to another, both included: split among the holders at that moment by their
-- shares, to the cent. At one instant, money in comes before repayments, and these before transfers. A reversal is received negatively.
-- Grain: one row per repayment_id and lender_id.
with
paid as (
    select
        repayment.repayment_id,
        repayment.loan_id,
        repayment.paid_on,
        greatest(repayment.paid_at, loan.disbursed_at) as effective_at,
        repayment.principal,
        repayment.interest,
        repayment.penalty
    from {{ ref('stg_repayments') }} as repayment
    inner join {{ ref('ldg_loans') }} as loan on loan.loan_id = repayment.loan_id
    where repayment.payee_kind = 'lenders' and repayment.paid_on between from_on and to_on
),

holders as (
    select paid.repayment_id, change.lender_id, {{ as_whole('sum(change.share_change)') }} as share
    from paid
    inner join {{ ref('ldg_share_changes') }} as change
        on change.loan_id = paid.loan_id and change.changed_at <= paid.effective_at
            and not (change.is_transfer and change.changed_at = paid.effective_at)
    group by paid.repayment_id, change.lender_id
    having sum(change.share_change) <> 0
),

split as (
    select
        paid.repayment_id,
        paid.loan_id,
        holders.lender_id,
        paid.paid_on,
        {%- for part in ['principal', 'interest', 'penalty'] %}
        {{ position_of('holders.share', 'paid.' ~ part) }} as {{ part }},
        {{ position_of(as_whole('sum(holders.share) over (partition by paid.repayment_id)'), 'paid.' ~ part) }} as whole_{{ part }}{{ ',' if not loop.last }}
        {%- endfor %}
    from paid
    inner join holders on holders.repayment_id = paid.repayment_id
)

select
    repayment_id,
    loan_id,
    lender_id,
    paid_on,
    {%- for part in ['principal', 'interest', 'penalty'] %}
    {{ largest_remainder(part, 'whole_' ~ part, ['repayment_id'], 'lender_id') }} as {{ part }}_amount{{ ',' if not loop.last }}
    {%- endfor %}
from split
