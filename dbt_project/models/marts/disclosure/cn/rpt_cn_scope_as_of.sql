{{ config(materialized='table_function', parameters=['as_of_on']) }}
-- One row per loan in scope (disbursed by the day; promotional ones only where the reading counts them), with its state on the day. Arrears
-- that are too small (cn_small_arrears) do not count as overdue.
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
    case when loan.past_due_days > small.small_days and loan.overdue_amount > small.small_amount then loan.overdue_amount else 0 end as overdue_amount,
    case when loan.past_due_days > small.small_days and loan.overdue_amount > small.small_amount then loan.past_due_days else 0 end as past_due_days,
    loan.borrower_past_due_days
from {{ rows_of('fct_loans_as_of', 'as_of_on') }} as loan
inner join {{ rows_of('rpt_cn_readings_as_of', 'as_of_on') }} as readings on readings.counts_promotional or not loan.is_promotional
cross join {{ rows_of('dim_small_arrears_as_of', 'as_of_on') }} as small
where small.regime = 'cn'
