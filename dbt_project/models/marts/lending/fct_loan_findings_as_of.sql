{{ config(materialized='table_function', parameters=['as_of_on']) }}
-- One row per finding about a loan, its plan or its own record on the day, or about what a figure leaves out of it by rule.
with
loans as {{ found_once() }} (
    select * from {{ rows_of('fct_loans_as_of', 'as_of_on') }}
),

in_force as (
    select * from {{ ref('ldg_plans') }}
    where valid_from <= as_of_on and valid_to > as_of_on
),

lines as (
    select * from {{ ref('ldg_reapplied_instalments') }}
    where valid_from <= as_of_on and valid_to > as_of_on
),

-- The platform's status of a listing counts from the day on which the platform set it.
listings as (
    select
        listing.loan_id,
        listing.status,
        listing.closed_on,
        listing.disbursed_at,
        coalesce(loan.outstanding_amount, 0) as outstanding_amount,
        coalesce(loan.outstanding_amount + loan.interest_outstanding_amount, 0) as owed_amount
    from {{ ref('stg_loans') }} as listing
    left join loans as loan on loan.loan_id = listing.loan_id
    where listing.deleted_at is null and {{ business_date('listing.updated_at') }} <= as_of_on
),

words as (
    select
        *,
        case
            when status = 'settled' and owed_amount > 0 then 'it is settled, but ' || owed_amount || ' is owed'
            when closed_on <= as_of_on and status <> 'written_off' and owed_amount > 0
                then 'it was closed on ' || closed_on || ', but ' || owed_amount || ' is owed'
            when status = 'repaying' and disbursed_at is not null and owed_amount = 0 then 'it is being repaid, but nothing is owed'
            when status in ('repaying', 'settled', 'written_off') and disbursed_at is null then 'it is ' || status || ', but was never disbursed'
            when status in ('listed', 'funding_failed', 'withdrawn') and disbursed_at is not null then 'it is ' || status || ', but was disbursed'
        end as difference
    from listings
)

select 'beyond_amount' as finding_kind, 'loan ' || loan.loan_id as entity, 'principal' as field, receipt.booked_to_date_amount::varchar as masked_value,
    (receipt.booked_to_date_amount - loan.amount) || ' of principal was repaid beyond the ' || loan.amount || ' that was lent; counted as nothing outstanding'
    as message
from loans as loan
inner join {{ ref('ldg_principal_receipts') }} as receipt
    on receipt.loan_id = loan.loan_id and receipt.paid_on <= as_of_on and receipt.next_paid_on > as_of_on
where receipt.booked_to_date_amount > loan.amount
union all
select 'beyond_owed', 'loan ' || loan_id, 'overdue_amount', overdue_amount::varchar,
    overdue_amount || ' is overdue, but only ' || outstanding_amount || ' of principal and ' || interest_outstanding_amount || ' of interest are outstanding'
from loans
where overdue_amount > outstanding_amount + interest_outstanding_amount
union all
select 'no_plan', 'loan ' || loan.loan_id, 'plan_version', 'none', loan.outstanding_amount || ' is outstanding, and no plan is in force: nothing of it can fall overdue'
from loans as loan
left join in_force on in_force.loan_id = loan.loan_id
where loan.outstanding_amount > 0 and in_force.loan_id is null
union all
select 'late_plan', 'loan ' || loan.loan_id, 'created_at', in_force.created_on::varchar,
    'plan ' || in_force.plan_version || ', the first known, was made on ' || in_force.created_on || ' and holds from the disbursement on ' || loan.disbursed_on
from loans as loan
inner join in_force on in_force.loan_id = loan.loan_id
where loan.outstanding_amount > 0 and in_force.valid_from = loan.disbursed_on and in_force.created_on > loan.disbursed_on
union all
select 'interest_given_up', 'loan ' || loan_id, 'interest_due', sum(interest_given_up_amount)::varchar,
    sum(interest_given_up_amount) || ' of interest fell due after all principal was back, and is neither outstanding nor overdue'
from lines
group by loan_id
having sum(interest_given_up_amount) > 0
union all
select 'passed_on', 'loan ' || loan_id, 'instalment ' || instalment_no, passed_on_amount::varchar,
    passed_on_amount || ' was paid on instalment ' || instalment_no || ' beyond its due, and settles the next'
from lines
where passed_on_amount > 0
union all
select 'platform_word', 'loan ' || loan_id, 'status', status, 'the platform says that ' || difference
from words
where difference is not null
union all
select 'history_moved', 'loan ' || loan_id, 'deleted_at', amount::varchar,
    'a loan of ' || amount || ', disbursed on ' || disbursed_on || ', was deleted on ' || {{ business_date('deleted_at') }} || '; no figure of any day counts it'
from {{ ref('stg_loans') }}
where deleted_at is not null and disbursed_at is not null and {{ business_date('deleted_at') }} <= as_of_on
union all
select 'history_moved', 'loan ' || row_id, 'disbursed_at', coalesce(disbursed_on::varchar, 'none'),
    'its disbursement moved from ' || disbursed_before_on || ' to ' || coalesce(disbursed_on::varchar, 'none') || ' on ' || changed_on
    || '; figures of the days between are other than before'
from {{ ref('ldg_version_changes') }}
where change_kind = 'disbursement_moved' and disbursed_before_on is distinct from disbursed_on and changed_on <= as_of_on
union all
select 'history_moved', 'product ' || changed.row_id, 'is_promotional', product.is_promotional::varchar,
    'became promotional or ordinary on ' || changed.changed_on || '; figures of every day count its loans as its newest version says'
from {{ ref('ldg_version_changes') }} as changed
inner join {{ ref('stg_products') }} as product on product.product_id = changed.row_id
where changed.change_kind = 'promotional_changed' and changed.changed_on <= as_of_on
union all
select 'same_instant', case table_name when 'loans' then 'loan ' when 'products' then 'product ' else 'user ' end || row_id, 'updated_at', updated_at::varchar,
    'versions of different content share this instant; the one read last counts'
from {{ ref('ldg_version_changes') }}
where change_kind = 'same_instant' and changed_on <= as_of_on
