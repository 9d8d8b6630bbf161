{{ config(materialized='table_function', parameters=['as_of_on']) }}
-- One row a loan in scope: disbursed by the day, promotional ones only where the reading counts them; with its state on the day.
select
    loan.loan_id,
    loan.borrower_id,
    loan.amount,
    loan.annual_rate,
    loan.term_months,
    loan.disbursed_on,
    coalesce(state.outstanding_amount, 0) as outstanding_amount,
    coalesce(state.interest_outstanding_amount, 0) as interest_outstanding_amount,
    coalesce(state.overdue_amount, 0) as overdue_amount,
    coalesce(date_diff('day', state.overdue_since_due_on, as_of_on), 0)::integer as past_due_days,
    coalesce(date_diff('day', state.borrower_overdue_since_due_on, as_of_on), 0)::integer as borrower_past_due_days
from {{ ref('ldg_loans') }} as loan
cross join {{ rows_of('rpt_cn_readings_as_of', 'as_of_on') }} as readings
left join {{ ref('ldg_loan_states') }} as state
    on state.loan_id = loan.loan_id and state.valid_from <= as_of_on and state.valid_to > as_of_on
where loan.disbursed_on <= as_of_on and (readings.counts_promotional or not loan.is_promotional)
