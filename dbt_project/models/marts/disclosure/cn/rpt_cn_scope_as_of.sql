{{ config(materialized='table_function', parameters=['as_of_on']) }}
-- One row a loan in scope: disbursed by the day, promotional ones only where the reading counts them; with its state on the day.
select
    loan.loan_id,
    loan.borrower_id,
    loan.is_related_party,
    loan.amount,
    loan.annual_rate,
    loan.term_months,
    loan.disbursed_on,
    loan.is_of_month,
    loan.outstanding_amount,
    loan.interest_outstanding_amount,
    loan.overdue_amount,
    loan.past_due_days,
    loan.borrower_past_due_days
from {{ rows_of('fct_loans_as_of', 'as_of_on') }} as loan
inner join {{ rows_of('rpt_cn_readings_as_of', 'as_of_on') }} as readings on readings.counts_promotional or not loan.is_promotional
