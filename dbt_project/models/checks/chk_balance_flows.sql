{{ config(materialized='table_function', parameters=['as_of_on']) }}
-- A row: a day on which opening + flows is not closing, or closing is not the sum over the loans.
-- The sum over loans is taken at month ends and on the day itself; running sums carry an error to every later day.
with
daily as (
    select day_on, sum(opening_amount) as opening, sum(disbursed_amount) as disbursed, sum(repaid_amount) as repaid,
        sum(outstanding_amount) as closing, sum(overdue_amount) as overdue, sum(interest_outstanding_amount) as interest
    from {{ ref('fct_portfolio_daily') }}
    group by day_on
),

direct as (
    select sum(outstanding_amount) as closing, sum(overdue_amount) as overdue, sum(interest_outstanding_amount) as interest
    from {{ ref('ldg_loan_states') }}
    where valid_from <= as_of_on and valid_to > as_of_on
)

select 'day ' || day_on as entity, 'outstanding_amount' as field, closing::varchar as masked_value,
    'opening ' || opening || ' + disbursed ' || disbursed || ' - repaid ' || repaid || ' is not ' || closing as message
from daily
where opening + disbursed - repaid <> closing
union all
select 'day ' || daily.day_on, 'outstanding_amount', daily.closing::varchar,
    'running sums (' || coalesce(daily.closing::varchar, 'NULL') || ', ' || coalesce(daily.overdue::varchar, 'NULL') || ', ' || coalesce(daily.interest::varchar, 'NULL')
    || ') differ from the loans (' || coalesce(direct.closing::varchar, 'NULL') || ', ' || coalesce(direct.overdue::varchar, 'NULL') || ', ' || coalesce(direct.interest::varchar, 'NULL') || ')'
from daily, direct
where daily.day_on = as_of_on
    and {{ differ('daily', 'direct', ['closing', 'overdue', 'interest']) }}
