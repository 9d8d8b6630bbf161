{{ config(materialized='table_function', parameters=['as_of_on']) }}
-- One row where a loan was written off by the day and is still owed: how many there are, and what of them the overdue amount holds. A write-off changes
-- no figure: what is owed stays owed.
select 'figure CN-A14' as entity, 'overdue_amount' as field, sum(loan.overdue_amount)::varchar as masked_value,
    count(*) || ' loans were written off and stay in every figure; of them ' || sum(loan.overdue_amount) || ' is overdue and '
    || sum(loan.outstanding_amount) || ' of principal outstanding' as message
from {{ rows_of('rpt_cn_scope_as_of', 'as_of_on') }} as loan
where loan.outstanding_amount + loan.interest_outstanding_amount > 0
    and loan.loan_id in (
        select event.loan_id from {{ ref('fct_loan_events') }} as event
        where event.event_kind = 'write_off' and event.occurred_on <= as_of_on
    )
having count(*) > 0
