-- The floor: the ledger tables straight from the lake's Parquet by one hand-written script, and nothing else: no staging kept, no marts, no
-- checks, no increments. What a build costs more than this is what Glassbook adds. `{lake}` and `{zone}` are filled in; the tables must
-- come out the same.
create table loans as
select loan_id, borrower_id, product_id, institution_id, amount, annual_rate, term_months, disbursed_at,
    cast(timezone('{zone}', timezone('UTC', disbursed_at)) as date) as disbursed_on
from (
    select *, row_number() over (partition by loan_id order by updated_at desc, _load_seq desc, file_row_number desc) as place
    from read_parquet('{lake}/loans/*.parquet', file_row_number = true)
)
where place = 1 and disbursed_at is not null and deleted_at is null;

create table ldg_loans as
select loan.loan_id, loan.borrower_id, loan.product_id, loan.institution_id, coalesce(product.is_promotional, false) as is_promotional,
    loan.amount, loan.annual_rate, loan.term_months, loan.disbursed_at, loan.disbursed_on
from loans as loan
left join (
    select product_id, arg_max(is_promotional, updated_at) as is_promotional, arg_max(deleted_at is null, updated_at) as is_there
    from read_parquet('{lake}/products/*.parquet')
    group by product_id
) as product on product.product_id = loan.product_id and product.is_there;

create table paid as
select repayment.loan_id, instalment_no, principal, interest, payer_kind, payee_kind, paid_at,
    greatest(cast(timezone('{zone}', timezone('UTC', paid_at)) as date), loan.disbursed_on) as paid_on
from read_parquet('{lake}/repayments/*.parquet') as repayment
inner join loans as loan on loan.loan_id = repayment.loan_id;

create table planned as
select plan.loan_id, plan_version, instalment_no, due_on, principal_due, interest_due, loan.disbursed_on,
    cast(timezone('{zone}', timezone('UTC', created_at)) as date) as created_on
from read_parquet('{lake}/instalments/*.parquet') as plan
inner join loans as loan on loan.loan_id = plan.loan_id;

create table ldg_plans as
select loan_id, plan_version, valid_from, valid_to
from (
    select loan_id, plan_version, greatest(min(created_on), any_value(disbursed_on)) as valid_from,
        greatest(coalesce(min(min(created_on)) over later, date '9999-12-31'), any_value(disbursed_on)) as valid_to
    from planned
    group by loan_id, plan_version
    window later as (partition by loan_id order by plan_version rows between 1 following and unbounded following)
)
where valid_from < valid_to;

create table ldg_instalment_payments as
select loan_id, instalment_no, paid_on, lender_principal::decimal(18, 2) as lender_principal_amount,
    sum(lender_principal) over w::decimal(18, 2) as lender_principal_to_date_amount,
    sum(lender_interest) over w::decimal(18, 2) as lender_interest_to_date_amount,
    sum(borrower_paid) over w::decimal(18, 2) as borrower_paid_to_date_amount,
    coalesce(lead(paid_on) over w, date '9999-12-31') as next_paid_on
from (
    select loan_id, instalment_no, paid_on,
        coalesce(sum(principal) filter (payee_kind = 'lenders'), 0) as lender_principal,
        coalesce(sum(interest) filter (payee_kind = 'lenders'), 0) as lender_interest,
        coalesce(sum(principal + interest) filter (payer_kind = 'borrower'), 0) as borrower_paid
    from paid
    group by loan_id, instalment_no, paid_on
)
window w as (partition by loan_id, instalment_no order by paid_on);

create table ldg_instalment_states as
with pieces as (
    select planned.loan_id, planned.plan_version, planned.instalment_no, due_on, principal_due, interest_due,
        greatest(valid_from, paid_on) as piece_from, least(valid_to, next_paid_on) as piece_to,
        lender_principal_to_date_amount as principal_paid, lender_interest_to_date_amount as interest_paid,
        borrower_paid_to_date_amount as borrower_paid
    from planned
    inner join ldg_plans as force using (loan_id, plan_version)
    inner join ldg_instalment_payments as payment on payment.loan_id = planned.loan_id and payment.instalment_no = planned.instalment_no
        and paid_on < valid_to and next_paid_on > valid_from
    union all
    select planned.loan_id, planned.plan_version, planned.instalment_no, due_on, principal_due, interest_due,
        valid_from, least(valid_to, coalesce(first_paid_on, valid_to)), 0, 0, 0
    from planned
    inner join ldg_plans as force using (loan_id, plan_version)
    left join (
        select loan_id, instalment_no, min(paid_on) as first_paid_on from ldg_instalment_payments group by all
    ) as payment on payment.loan_id = planned.loan_id and payment.instalment_no = planned.instalment_no
    where first_paid_on is null or first_paid_on > valid_from
)
select loan_id, instalment_no, plan_version, piece_from as valid_from, piece_to as valid_to, due_on, is_settled, is_settled_by_borrower,
    (case when is_settled then 0 else greatest(0, interest_due - interest_paid) end)::decimal(18, 2) as interest_outstanding_amount,
    (case when is_settled then 0 else principal_due + interest_due - principal_paid - interest_paid end)::decimal(18, 2) as owed_amount
from (
    select *, principal_paid + interest_paid >= principal_due + interest_due as is_settled,
        borrower_paid >= principal_due + interest_due as is_settled_by_borrower
    from pieces
)
where not (is_settled and is_settled_by_borrower);

create table ldg_balance_changes as
with changes as (
    select loan_id, disbursed_on as changed_on, amount as disbursed, 0 as repaid, 0 as interest, 0 as overdue, 0 as late, 0 as borrower_late,
        true as is_start
    from loans
    union all
    select loan_id, paid_on, 0, lender_principal_amount, 0, 0, 0, 0, false from ldg_instalment_payments where lender_principal_amount <> 0
    union all
    select loan_id, unnest([valid_from, valid_to]), 0, 0, unnest([interest_outstanding_amount, -interest_outstanding_amount]), 0, 0, 0, false
    from ldg_instalment_states where interest_outstanding_amount <> 0
    union all
    select loan_id, unnest([greatest(valid_from, due_on + 1), valid_to]), 0, 0, 0, unnest([owed_amount, -owed_amount]),
        unnest([(not is_settled)::integer, -(not is_settled)::integer]),
        unnest([(not is_settled_by_borrower)::integer, -(not is_settled_by_borrower)::integer]), false
    from ldg_instalment_states where greatest(valid_from, due_on + 1) < valid_to
)
select loan_id, changed_on, sum(disbursed)::decimal(18, 2) as disbursed_amount, sum(repaid)::decimal(18, 2) as repaid_amount,
    sum(interest)::decimal(18, 2) as interest_outstanding_change_amount, sum(overdue)::decimal(18, 2) as overdue_change_amount,
    sum(late)::integer as overdue_change_count, sum(borrower_late)::integer as borrower_overdue_change_count
from changes
where changed_on < date '9999-12-31'
group by loan_id, changed_on
having sum(disbursed) <> 0 or sum(repaid) <> 0 or sum(interest) <> 0 or sum(overdue) <> 0 or sum(late) <> 0 or sum(borrower_late) <> 0
    or bool_or(is_start);

create table ldg_loan_states as
with late as (
    select loan_id, due_on, greatest(valid_from, due_on + 1) as late_from, valid_to, is_settled, is_settled_by_borrower
    from ldg_instalment_states where greatest(valid_from, due_on + 1) < valid_to
),
days as (
    select loan_id, changed_on from ldg_balance_changes
    union
    select loan_id, unnest([late_from, valid_to]) from late
),
oldest as (
    select days.loan_id, days.changed_on, min(due_on) filter (not is_settled) as since, min(due_on) filter (not is_settled_by_borrower) as borrower_since
    from days inner join late on late.loan_id = days.loan_id and late_from <= changed_on and valid_to > changed_on
    group by all
)
select days.loan_id, days.changed_on as valid_from, coalesce(lead(days.changed_on) over w, date '9999-12-31') as valid_to,
    sum(coalesce(disbursed_amount - repaid_amount, 0)) over w::decimal(18, 2) as outstanding_amount,
    sum(coalesce(interest_outstanding_change_amount, 0)) over w::decimal(18, 2) as interest_outstanding_amount,
    sum(coalesce(overdue_change_amount, 0)) over w::decimal(18, 2) as overdue_amount,
    sum(coalesce(overdue_change_count, 0)) over w::integer as overdue_instalments_count,
    since as overdue_since_due_on, borrower_since as borrower_overdue_since_due_on
from days
left join ldg_balance_changes as change on change.loan_id = days.loan_id and change.changed_on = days.changed_on
left join oldest on oldest.loan_id = days.loan_id and oldest.changed_on = days.changed_on
where days.changed_on < date '9999-12-31'
window w as (partition by days.loan_id order by days.changed_on);

create table ldg_share_changes as
with transfers as (
    select transfer.loan_id, seller_id, buyer_id, principal, amount, transfer_id,
        greatest(transferred_at, disbursed_at) as moved_at,
        greatest(cast(timezone('{zone}', timezone('UTC', transferred_at)) as date), disbursed_on) as day_on
    from read_parquet('{lake}/claim_transfers/*.parquet') as transfer
    inner join loans as loan on loan.loan_id = transfer.loan_id
),
moved as (
    select any_value(transfers) as t, any_value(transfers.amount) - coalesce(sum(paid.principal), 0) as outstanding
    from transfers
    left join paid on paid.loan_id = transfers.loan_id and payee_kind = 'lenders' and paid_at <= moved_at
    group by transfers.transfer_id
    having outstanding > 0
),
shares as (
    select t, (((t.principal * 100)::hugeint * 2000000000000000000000000::hugeint + (outstanding * 100)::hugeint)
        // (2 * (outstanding * 100)::hugeint)) as share
    from moved
),
funded as (
    select loan.loan_id, lender_id, greatest(invested_at, disbursed_at) as moved_at,
        greatest(cast(timezone('{zone}', timezone('UTC', invested_at)) as date), disbursed_on) as day_on,
        sum(investment.amount) as invested, any_value(loan.amount) as amount
    from read_parquet('{lake}/investments/*.parquet') as investment
    inner join loans as loan on loan.loan_id = investment.loan_id and loan.amount > 0
    group by all
),
changes as (
    select loan_id, lender_id, moved_at, day_on, false as is_transfer, (((invested * 100)::hugeint * 2000000000000000000000000::hugeint
        + (amount * 100)::hugeint) // (2 * (amount * 100)::hugeint)) as share
    from funded
    union all
    select t.loan_id, unnest([t.seller_id, t.buyer_id]), t.moved_at, t.day_on, true, unnest([-share, share]) from shares
)
select loan_id, lender_id, moved_at as changed_at, day_on as changed_on, is_transfer, sum(share)::hugeint as share_change,
    count(*)::integer as changes_count
from changes
group by all;

create table ldg_claim_shares as
select loan_id, lender_id, changed_on as valid_from, coalesce(lead(changed_on) over w, date '9999-12-31') as valid_to,
    sum(share_change) over w::hugeint as share
from (select loan_id, lender_id, changed_on, sum(share_change) as share_change from ldg_share_changes group by all)
window w as (partition by loan_id, lender_id order by changed_on);

drop table paid;
drop table planned;
drop table loans;
checkpoint;
