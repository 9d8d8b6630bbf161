{{ config(materialized='incremental', incremental_strategy='append', pre_hook="{{ forget_touched_loans() }}") }}
-- Loans whose money cannot be read line by line, and why: what a line receives or owes depends on other lines. Their money is applied to
-- their lines day by day (ldg_reapplied_instalments). In all other loans each line has its own money, which costs far less.
with
lines as (
    select
        in_force.loan_id,
        in_force.plan_version,
        in_force.valid_from,
        in_force.valid_to,
        instalment.instalment_no,
        instalment.due_on,
        instalment.principal_due + instalment.interest_due as due_amount,
        instalment.principal_due,
        instalment.interest_due
    from {{ ref('ldg_plans') }} as in_force
    inner join {{ ref('stg_instalments') }} as instalment
        on instalment.loan_id = in_force.loan_id and instalment.plan_version = in_force.plan_version
    where {{ is_touched('in_force.loan_id') }}
),

payments as (
    select
        loan_id,
        instalment_no,
        paid_on,
        next_paid_on,
        lender_principal_to_date_amount + lender_interest_to_date_amount as received_amount,
        lender_principal_to_date_amount as principal_received_amount,
        lender_interest_to_date_amount as interest_received_amount,
        borrower_paid_to_date_amount as borrower_paid_amount
    from {{ ref('ldg_instalment_payments') }}
    where {{ is_touched() }}
)

select loan_id, 'rest_plan' as reason
from {{ ref('ldg_plans') }}
where covers = 'rest' and {{ is_touched() }}
union
select payments.loan_id, 'no_such_instalment'
from payments
inner join {{ ref('ldg_plans') }} as in_force on in_force.loan_id = payments.loan_id and in_force.valid_to > payments.paid_on
left join lines
    on lines.loan_id = in_force.loan_id and lines.plan_version = in_force.plan_version and lines.instalment_no = payments.instalment_no
where lines.loan_id is null
union
select lines.loan_id, 'outside_due'
from lines
inner join payments
    on payments.loan_id = lines.loan_id and payments.instalment_no = lines.instalment_no
        and payments.paid_on < lines.valid_to and payments.next_paid_on > lines.valid_from
where payments.received_amount not between 0 and lines.due_amount or payments.borrower_paid_amount not between 0 and lines.due_amount
union
select lines.loan_id, 'interest_given_up'
from {{ ref('ldg_principal_receipts') }} as receipt
inner join lines
    on lines.loan_id = receipt.loan_id and lines.due_on > receipt.all_back_from
        and lines.valid_to > receipt.paid_on and lines.valid_from < receipt.next_paid_on
left join payments
    on payments.loan_id = lines.loan_id and payments.instalment_no = lines.instalment_no
        and payments.paid_on <= receipt.paid_on and payments.next_paid_on > receipt.paid_on
where {{ is_touched('receipt.loan_id') }} and lines.interest_due > coalesce(payments.interest_received_amount, 0)
union
select lines.loan_id, 'interest_alone'
from {{ ref('ldg_principal_receipts') }} as receipt
inner join lines
    on lines.loan_id = receipt.loan_id and lines.valid_to > receipt.paid_on and lines.valid_from < receipt.next_paid_on
inner join payments
    on payments.loan_id = lines.loan_id and payments.instalment_no = lines.instalment_no
        and payments.paid_on <= receipt.paid_on and payments.next_paid_on > receipt.paid_on
where {{ is_touched('receipt.loan_id') }} and receipt.all_back_from is not null and payments.principal_received_amount > lines.principal_due
