{{ config(materialized='view') }}
-- The loans behind fct_default_calibrations: 12 months old on the latest day, and assessed when they were lent. Grain: one row per loan_id.
select loan.loan_id, loan.credit_grade, loan.assessed_band, 1 as loans_count, loan.is_default::integer as default_count, loan.expected_default_rate
from (
    {{ assessed_loans() }}
) as loan
