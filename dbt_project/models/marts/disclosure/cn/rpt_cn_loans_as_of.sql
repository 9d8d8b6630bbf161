{{ config(materialized='table_function', parameters=['as_of_on']) }}
-- One row per loan in scope that was disbursed by the day, with what it adds to each figure.
{% set bands = ['over_90', 'overdue_1_90', 'overdue_91_180', 'overdue_over_180'] %}
with
bounds as (
    {{ past_due_bounds('cn', bands) | indent(4) }}
),

measured as (
    select
        loan.*,
        readings.over_90_reading,
        coalesce(compensation.compensated_amount, 0) as compensated_amount,
        {% for band in bands -%}
        {{ is_in_band('loan.past_due_days', 'bounds', band) }} as is_{{ band }}{{ ',' if not loop.last }}
        {% endfor -%}
    from {{ rows_of('rpt_cn_scope_as_of', 'as_of_on') }} as loan
    cross join {{ rows_of('rpt_cn_readings_as_of', 'as_of_on') }} as readings
    cross join bounds
    left join {{ rows_of('rpt_cn_compensations_as_of', 'as_of_on') }} as compensation on compensation.loan_id = loan.loan_id
)

select
    loan_id,
    borrower_id,
    amount,
    1 as loans_count,
    outstanding_amount,
    (outstanding_amount > 0)::integer as outstanding_loans_count,
    interest_outstanding_amount,
    (interest_outstanding_amount > 0)::integer as interest_outstanding_loans_count,
    outstanding_amount + interest_outstanding_amount as owed_amount,
    case when is_related_party then outstanding_amount else 0 end as related_party_outstanding_amount,
    (is_related_party and outstanding_amount > 0)::integer as related_party_loans_count,
    overdue_amount,
    past_due_days,
    borrower_past_due_days,
    (past_due_days > 0)::integer as overdue_loans_count,
    case
        when not is_over_90 then 0
        when over_90_reading = 'overdue_amount' then overdue_amount
        else outstanding_amount
    end as over_90_amount,
    is_over_90::integer as over_90_loans_count,
    {% for grade in bands[1:] -%}
    is_{{ grade }}::integer as {{ grade }}_loans_count,
    {% endfor -%}
    {% for grade in bands[1:] -%}
    case when is_{{ grade }} then overdue_amount else 0 end as {{ grade }}_amount,
    {% endfor -%}
    compensated_amount,
    (compensated_amount > 0)::integer as compensated_loans_count,
    case when is_of_month then amount else 0 end as month_amount,
    is_of_month::integer as month_loans_count,
    case when is_of_month then amount * term_months else 0 end as month_amount_months,
    case when is_of_month then cast(amount as decimal(20, 2)) * annual_rate else 0 end as month_amount_rate
from measured
