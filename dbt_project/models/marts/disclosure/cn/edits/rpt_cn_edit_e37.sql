{{ config(materialized='table_function', parameters=['as_of_on']) }}
-- One row per loan that was written off by the day and is still owed, with its part of the overdue amount. A write-off changes no figure:
-- the debt remains.
select 'loan ' || loan.loan_id as entity, 'overdue_amount' as field, loan.overdue_amount::varchar as masked_value,
    'was written off; ' || loan.overdue_amount || ' of what is overdue and ' || loan.outstanding_amount || ' of outstanding principal are its' as message
from {{ rows_of('rpt_cn_scope_as_of', 'as_of_on') }} as loan
where loan.outstanding_amount + loan.interest_outstanding_amount > 0
    and loan.loan_id in (
        select event.loan_id from {{ ref('fct_loan_events') }} as event
        where event.event_kind = 'write_off' and event.occurred_on <= as_of_on
    )
