{{ config(materialized='incremental', incremental_strategy='append', pre_hook="{{ forget_touched_loans() }}") }}
-- How much each balance of a loan changed on a day. Every balance of any day is a running sum of these changes.
with
owed as (
    select
        *,
        greatest(valid_from, due_on + 1) as overdue_from
    from {{ ref('ldg_instalment_states') }}
    where {{ is_touched() }}
),

changes as (
    select
        loan_id, disbursed_on as changed_on,
        amount as disbursed_amount, 0 as repaid_amount, 0 as interest_outstanding_change_amount,
        0 as overdue_change_amount, 0 as overdue_change_count, 0 as borrower_overdue_change_count
    from {{ touched_loans() }}
    union all
    select loan_id, paid_on, 0, repaid_amount, 0, 0, 0, 0
    from {{ ref('ldg_principal_receipts') }}
    where repaid_amount <> 0 and {{ is_touched() }}
    union all
    select loan_id, valid_from, 0, 0, interest_outstanding_amount, 0, 0, 0
    from owed where interest_outstanding_amount <> 0
    union all
    select loan_id, valid_to, 0, 0, -interest_outstanding_amount, 0, 0, 0
    from owed where interest_outstanding_amount <> 0 and valid_to < {{ open_end() }}
    union all
    select
        loan_id, overdue_from, 0, 0, 0,
        owed_amount, (not is_settled)::integer, (not is_settled_by_borrower)::integer
    from owed where overdue_from < valid_to
    union all
    select
        loan_id, valid_to, 0, 0, 0,
        -owed_amount, -(not is_settled)::integer, -(not is_settled_by_borrower)::integer
    from owed where overdue_from < valid_to and valid_to < {{ open_end() }}
)

select
    loan_id,
    changed_on,
    cast(sum(disbursed_amount) as decimal(18, 2)) as disbursed_amount,
    cast(sum(repaid_amount) as decimal(18, 2)) as repaid_amount,
    cast(sum(interest_outstanding_change_amount) as decimal(18, 2)) as interest_outstanding_change_amount,
    cast(sum(overdue_change_amount) as decimal(18, 2)) as overdue_change_amount,
    cast(sum(overdue_change_count) as integer) as overdue_change_count,
    cast(sum(borrower_overdue_change_count) as integer) as borrower_overdue_change_count
from changes
group by loan_id, changed_on
having sum(disbursed_amount) <> 0 or sum(repaid_amount) <> 0 or sum(interest_outstanding_change_amount) <> 0
    or sum(overdue_change_amount) <> 0 or sum(overdue_change_count) <> 0 or sum(borrower_overdue_change_count) <> 0
    or bool_or(disbursed_amount <> 0)
