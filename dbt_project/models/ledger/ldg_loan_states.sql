{{ config(materialized='incremental', incremental_strategy='append', pre_hook="{{ forget_touched_loans() }}") }}
-- The state of a loan between two changes.
with
overdue as (
    select loan_id, due_on, greatest(valid_from, due_on + 1) as overdue_from, valid_to, is_settled, is_settled_by_borrower
    from {{ ref('ldg_instalment_states') }}
    where {{ is_touched() }} and greatest(valid_from, due_on + 1) < valid_to
),

-- The oldest overdue instalment can change on a day on which no sum does (one is settled, another of the same size falls overdue).
quiet as (
    select loan_id, overdue_from as changed_on from overdue
    union all
    select loan_id, valid_to from overdue where valid_to < {{ open_end() }}
),

days as (
    select
        loan_id, changed_on, disbursed_amount - repaid_amount as outstanding_change_amount, interest_outstanding_change_amount,
        overdue_change_amount, overdue_change_count
    from {{ ref('ldg_balance_changes') }}
    where {{ is_touched() }}
    union all
    select distinct loan_id, changed_on, 0, 0, 0, 0
    from quiet
    where not exists (
        select 1 from {{ ref('ldg_balance_changes') }} as change
        where change.loan_id = quiet.loan_id and change.changed_on = quiet.changed_on
    )
),

oldest as (
    select
        days.loan_id,
        days.changed_on,
        min(overdue.due_on) filter (where not overdue.is_settled) as overdue_since_due_on,
        min(overdue.due_on) filter (where not overdue.is_settled_by_borrower) as borrower_overdue_since_due_on
    from days
    inner join overdue
        on overdue.loan_id = days.loan_id and overdue.overdue_from <= days.changed_on and overdue.valid_to > days.changed_on
    group by all
)

select
    days.loan_id,
    days.changed_on as valid_from,
    coalesce(lead(days.changed_on) over (partition by days.loan_id order by days.changed_on), {{ open_end() }}) as valid_to,
    cast(sum(days.outstanding_change_amount) over running as decimal(18, 2)) as outstanding_amount,
    cast(sum(days.interest_outstanding_change_amount) over running as decimal(18, 2)) as interest_outstanding_amount,
    cast(sum(days.overdue_change_amount) over running as decimal(18, 2)) as overdue_amount,
    cast(sum(days.overdue_change_count) over running as integer) as overdue_instalments_count,
    oldest.overdue_since_due_on,
    oldest.borrower_overdue_since_due_on
from days
left join oldest on oldest.loan_id = days.loan_id and oldest.changed_on = days.changed_on
window running as (partition by days.loan_id order by days.changed_on rows unbounded preceding)
