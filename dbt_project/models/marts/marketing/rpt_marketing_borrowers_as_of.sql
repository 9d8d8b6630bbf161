{{ config(materialized='table_function', parameters=['as_of_on']) }}
-- The state of each borrower at the last month end up to a day: the people behind fct_borrower_cohorts. Promotional loans do not count.
-- Grain: one row per user_id.
with
ends as (
    select {{ month_end_by('judged_on') }} as month_end_on
    from (select least(as_of_on, {{ latest_business_date() }}) as judged_on)
),

loans as (
    select
        risk.borrower_id,
        sum(risk.amount) as disbursed_amount
        {%- for days in (30, 90) %},
        max({{ if_so('risk.first_over_' ~ days ~ '_on <= ends.month_end_on') }}) as over_{{ days }}_count,
        sum({{ if_so('risk.first_over_' ~ days ~ '_on <= ends.month_end_on', 'risk.amount') }}) as over_{{ days }}_amount
        {%- endfor %}
    from {{ ref('fct_loan_risk') }} as risk
    inner join ends on risk.disbursed_on <= ends.month_end_on
    where not risk.is_promotional
    group by risk.borrower_id
)

select
    borrower.user_id,
    date_trunc('month', borrower.first_disbursed_on)::date as cohort_month_on,
    1 as borrowers_count,
    {{ if_so(business_date('borrower.second_disbursed_at') ~ ' <= ends.month_end_on') }} as second_loan_count,
    coalesce(loans.over_30_count, 0) as over_30_count,
    coalesce(loans.over_90_count, 0) as over_90_count,
    coalesce(loans.disbursed_amount, 0) as disbursed_amount,
    coalesce(loans.over_30_amount, 0) as over_30_amount,
    coalesce(loans.over_90_amount, 0) as over_90_amount
from {{ ref('fct_first_loans') }} as borrower
inner join ends on borrower.first_disbursed_on <= ends.month_end_on
left join loans on loans.borrower_id = borrower.user_id
