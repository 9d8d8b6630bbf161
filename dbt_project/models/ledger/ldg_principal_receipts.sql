{{ config(materialized='incremental', incremental_strategy='append', pre_hook="{{ forget_touched_loans() }}") }}
-- How much principal the lenders of a loan have back by the end of a day with a payment: as booked, and limited to what was lent.
with
booked as (
    select
        payment.loan_id,
        payment.paid_on,
        loan.amount,
        cast(sum(sum(payment.lender_principal_amount)) over (partition by payment.loan_id order by payment.paid_on) as decimal(38, 2))
            as booked_to_date_amount
    from {{ ref('ldg_instalment_payments') }} as payment
    inner join {{ touched_loans() }} as loan on loan.loan_id = payment.loan_id
    group by payment.loan_id, payment.paid_on, loan.amount
),

bounded as (
    select
        *,
        {{ within('booked_to_date_amount', '0', 'amount') }} as repaid_to_date_amount,
        booked_to_date_amount >= amount as is_all_back,
        -- A run: a day on which some principal is out (or the first day), and the days after it on which all is back.
        sum((booked_to_date_amount < amount)::integer) over (partition by loan_id order by paid_on) as run_no
    from booked
)

select
    loan_id,
    paid_on,
    booked_to_date_amount,
    cast(repaid_to_date_amount - coalesce(lag(repaid_to_date_amount) over days, 0) as decimal(18, 2)) as repaid_amount,
    case when is_all_back then min(case when is_all_back then paid_on end) over (partition by loan_id, run_no) end as all_back_from,
    coalesce(lead(paid_on) over days, {{ open_end() }}) as next_paid_on
from bounded
window days as (partition by loan_id order by paid_on)
