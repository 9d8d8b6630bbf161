{{ config(materialized='table_function', parameters=['as_of_on']) }}
-- What others paid lenders in borrowers' place in the month up to a day, and what borrowers paid back to those who had compensated, as the
-- home regime counts it. Grain: one row per repayment_id.
with
readings as (
    {{ home_readings() }}
)

select
    payment.repayment_id,
    payment.loan_id,
    payment.day_on,
    payment.compensated_amount,
    payment.own_compensated_amount,
    payment.recovered_amount
from (
    {{ payments_in_place() | indent(4) }}
) as payment
inner join {{ ref('ldg_loans') }} as lent on lent.loan_id = payment.loan_id
inner join readings on readings.counts_promotional or not lent.is_promotional
where {{ is_in_month('payment.day_on') }}
