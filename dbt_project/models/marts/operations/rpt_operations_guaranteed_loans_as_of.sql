{{ config(materialized='table_function', parameters=['as_of_on']) }}
-- The loans behind which an institution that guarantees or insures stood on a day, as the home regime counts them: those of
-- fct_guarantors_as_of. Grain: one row per loan_id.
with
readings as (
    {{ home_readings() }}
)

select loan.loan_id, loan.institution_id, loan.outstanding_amount
from {{ rows_of('fct_loans_as_of', 'as_of_on') }} as loan
inner join readings on readings.counts_promotional or not loan.is_promotional
where loan.outstanding_amount > 0
    and loan.institution_id in (select institution.institution_id from {{ rows_of('fct_guarantors_as_of', 'as_of_on') }} as institution)
