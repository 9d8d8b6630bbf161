-- A small warehouse of an invented regime, in the shape of a published snapshot: 30 loans, 26 month ends, exact sums.
create table ctl_parameters (name varchar, value varchar);
insert into ctl_parameters values ('platform_name', '=明账&示例'), ('timezone', 'Asia/Shanghai');

create table ctl_supplied (supply_name varchar, is_supplied boolean);
insert into ctl_supplied values ('loans', true), ('fees', true), ('contracts', false);

create table ctl_loads (load_seq integer, load_id varchar, loaded_at timestamp);
insert into ctl_loads values (1, 'load-a', '2020-01-02 01:00:00'), (2, 'load-b', '2020-01-03 01:00:00');

create table ctl_load_tables (
    load_seq integer, table_name varchar, rows_read bigint, rows_new bigint, rows_unchanged bigint, rows_duplicate bigint,
    rows_quarantined bigint, rows_gone bigint, rows_released bigint
);
insert into ctl_load_tables values
(1, 'loans', 31, 29, 0, 1, 1, 0, 0), (2, 'loans', 30, 1, 29, 0, 0, 0, 0), (1, 'fees', 4, 4, 0, 0, 0, 0, 0),
(2, 'complaints', 1, 1, 0, 0, 0, 0, 0);

create table ctl_quarantine as
select
    'loans-1-1' as quarantine_id, 'loans' as table_name, 1 as load_seq, 1 as row_no, 'value_not_in_list' as reason_code,
    'status' as column_name, 'loan_id=31' as key_text, true as is_of_figures, 'accepted' as state_code, 2 as state_load_seq,
    timestamp '2020-01-03 01:00:00' as decided_at, 'Li Na' as decided_by, 'a test booking' as decision_reason;

create table ctl_quarantine_sums as
select
    'loans' as table_name, 'amount' as column_name, 0.00::decimal(38, 2) as open_amount, 12.34::decimal(38, 2) as accepted_amount,
    0.00::decimal(38, 2) as superseded_amount, 0.00::decimal(38, 2) as released_amount;

create table stg_loans as
select
    i as loan_id,
    100 + i % 7 as borrower_id,
    (date '2017-11-05' + (i * 26)::integer) as disbursed_on,
    (1000 + i * 37 + i % 3 * 0.01)::decimal(18, 2) as amount,
    timestamp '2017-11-05 00:00:00' as created_at
from range(1, 31) as loans (i);

create table stg_fees as
select * from (
    values (1, 'late', 12.50::decimal(18, 2)), (2, 'withdrawal', 3.00), (3, 'withdrawal', 2.25), (4, '=HYPERLINK("x")', -1.00)
) as fees (fee_id, fee_kind, amount);

create table ctl_load_sums as
select
    1 as load_seq, 'loans' as table_name, 'amount' as column_name, sum(amount) + 12.34 as read_amount, sum(amount) as new_amount,
    0.00::decimal(18, 2) as unchanged_amount, 0.00::decimal(18, 2) as duplicate_amount, 12.34 as quarantined_amount,
    0.00::decimal(18, 2) as gone_amount, 0.00::decimal(18, 2) as released_amount
from stg_loans;

create macro rpt_toy_loans_as_of(as_of_on) as table
select
    loan_id,
    borrower_id,
    amount,
    1 as loans_count,
    case when loan_id % 5 = 0 and disbursed_on + 60 < as_of_on then amount * 0.50::decimal(3, 2) else 0 end as overdue_amount
from stg_loans
where disbursed_on <= as_of_on;

create macro rpt_toy_fees_as_of(as_of_on) as table select fee_id, fee_kind, amount from stg_fees;

create macro rpt_toy_figures_as_of(as_of_on) as table
with sums as (
    select
        coalesce(sum(amount), 0)::decimal(38, 8) as amount,
        count(*)::decimal(38, 8) as loans_count,
        coalesce(sum(overdue_amount), 0)::decimal(38, 8) as overdue_amount
    from rpt_toy_loans_as_of(as_of_on)
),
figures as (
    select 'TOY-A01' as code, amount as value, amount as numerator, null::decimal(38, 8) as denominator,
        'CNY' as unit, 2 as decimals, 'promotional loans left out: 2' as note from sums
    union all
    select 'TOY-A02', loans_count, loans_count, null, 'loans', 0, null from sums
    union all
    select 'TOY-A03', overdue_amount, overdue_amount, null, 'CNY', 2, null from sums
    union all
    select 'TOY-A04', sum(amount)::decimal(38, 8), sum(amount)::decimal(38, 8), null, 'CNY', 2,
        '=HYPERLINK("x") -1.00; late 12.50; withdrawal 5.25' from stg_fees
    union all
    select 'TOY-B01',
        case when amount <> 0
            then (((20000 * (overdue_amount * 100)::hugeint + (amount * 100)::hugeint) // (2 * (amount * 100)::hugeint)) * 0.01)::decimal(38, 8)
        end, overdue_amount, amount, '%', 2, null from sums
    union all
    select 'TOY-B02', null, 0, 0, 'hours', 1, null
)
select as_of_on::date as as_of_on, * from figures;

create table rpt_toy_figures as
select figures.*, days.day_on = last_day(days.day_on) as is_month_end
from (
    select last_day(month_on::date) as day_on
    from generate_series(timestamp '2017-11-01', timestamp '2019-12-01', interval 1 month) as months (month_on)
) as days, lateral (select * from rpt_toy_figures_as_of(days.day_on)) as figures;

create macro chk_toy_overdue(as_of_on) as table
select 'loan ' || loan_id as entity, 'amount' as field, '1***' as masked_value, '+ cmd' as message
from rpt_toy_loans_as_of(as_of_on) where overdue_amount > 600;

create macro chk_toy_none(as_of_on) as table
select 'x' as entity, 'x' as field, 'x' as masked_value, 'x' as message where as_of_on < date '2000-01-01';

create macro chk_toy_crash(as_of_on) as table
select 'x' as entity, 'x' as field, ('n' || as_of_on)::integer::varchar as masked_value, 'x' as message;

create table ctl_lineage (model varchar, depends_on varchar);
insert into ctl_lineage values
('rpt_toy_figures', 'rpt_toy_figures_as_of'), ('rpt_toy_figures_as_of', 'rpt_toy_loans_as_of'),
('rpt_toy_figures_as_of', 'stg_fees'), ('rpt_toy_loans_as_of', 'stg_loans'), ('stg_loans', 'lake.loans'), ('stg_fees', 'lake.fees');

create table chk_refuted_figures (
    regime varchar, as_of_on date, check_code varchar, figure_code varchar, outcome varchar, finding_count bigint
);
