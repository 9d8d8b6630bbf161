{{ config(materialized='incremental', incremental_strategy='append', pre_hook="{{ forget_touched_loans() }}") }}
-- What an instalment of the plan in force still owes, while it owes anything to the lenders or by the borrower. Days on which both are
-- settled have no row, so work and storage depend on what is open. Most loans pay each line with its own money; for the others the money
-- was already applied across all lines (ldg_reapplied_instalments).
with
plan as (
    select
        instalment.loan_id,
        instalment.plan_version,
        instalment.instalment_no,
        instalment.due_on,
        instalment.principal_due,
        instalment.interest_due,
        in_force.valid_from,
        in_force.valid_to
    from {{ ref('stg_instalments') }} as instalment
    inner join {{ ref('ldg_plans') }} as in_force
        on in_force.loan_id = instalment.loan_id and in_force.plan_version = instalment.plan_version
    where {{ is_touched('instalment.loan_id') }}
        and instalment.loan_id not in (select reapplied.loan_id from {{ ref('ldg_reapplied_loans') }} as reapplied)
),

payments as (
    select * from {{ ref('ldg_instalment_payments') }}
    where {{ is_touched() }}
),

unpaid as (
    select loan_id, instalment_no, min(paid_on) as first_paid_on
    from payments
    group by loan_id, instalment_no
),

pieces as (
    select
        plan.*,
        greatest(plan.valid_from, payment.paid_on) as piece_from,
        least(plan.valid_to, payment.next_paid_on) as piece_to,
        payment.lender_principal_to_date_amount as principal_received_amount,
        payment.lender_interest_to_date_amount as interest_received_amount,
        payment.borrower_paid_to_date_amount as borrower_paid_amount
    from plan
    inner join payments as payment
        on payment.loan_id = plan.loan_id and payment.instalment_no = plan.instalment_no
            and payment.paid_on < plan.valid_to and payment.next_paid_on > plan.valid_from
    union all
    select
        plan.*,
        plan.valid_from,
        least(plan.valid_to, coalesce(unpaid.first_paid_on, plan.valid_to)),
        0,
        0,
        0
    from plan
    left join unpaid on unpaid.loan_id = plan.loan_id and unpaid.instalment_no = plan.instalment_no
    where unpaid.first_paid_on is null or unpaid.first_paid_on > plan.valid_from
),

judged as (
    select
        *,
        principal_received_amount + interest_received_amount >= principal_due + interest_due as is_settled,
        borrower_paid_amount >= principal_due + interest_due as is_settled_by_borrower
    from pieces
)

select
    loan_id,
    instalment_no,
    plan_version,
    piece_from as valid_from,
    piece_to as valid_to,
    due_on,
    is_settled,
    is_settled_by_borrower,
    cast(case when is_settled then 0 else interest_due - {{ within('interest_received_amount', '0', 'interest_due') }} end as decimal(18, 2))
        as interest_outstanding_amount,
    cast(case when is_settled then 0 else principal_due + interest_due - principal_received_amount - interest_received_amount end
        as decimal(18, 2)) as owed_amount
from judged
where not (is_settled and is_settled_by_borrower)
union all
select
    loan_id,
    instalment_no,
    plan_version,
    valid_from,
    valid_to,
    due_on,
    is_settled,
    is_settled_by_borrower,
    interest_outstanding_amount,
    owed_amount
from {{ ref('ldg_reapplied_instalments') }}
where not (is_settled and is_settled_by_borrower) and {{ is_touched() }}
