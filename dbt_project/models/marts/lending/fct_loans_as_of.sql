{{ config(materialized='table_function', parameters=['as_of_on']) }}
-- The only place that decides the state of a loan on a day: every loan disbursed by then, promotional ones too, after everything that
-- happened on the day. No reading of a law is applied. Whether a user is related to the platform is taken from the newest known record,
-- because no history of users is kept.
select
    loan.loan_id,
    loan.borrower_id,
    loan.product_id,
    loan.institution_id,
    loan.is_promotional,
    loan.borrower_id in (select party.user_id from {{ ref('ldg_related_parties') }} as party) as is_related_party,
    loan.amount,
    loan.annual_rate,
    loan.term_months,
    loan.disbursed_on,
    loan.disbursed_on >= date_trunc('month', as_of_on)::date as is_of_month,
    coalesce(state.outstanding_amount, 0) as outstanding_amount,
    coalesce(state.interest_outstanding_amount, 0) as interest_outstanding_amount,
    coalesce(state.overdue_amount, 0) as overdue_amount,
    coalesce(date_diff('day', state.overdue_since_due_on, as_of_on), 0)::integer as past_due_days,
    coalesce(date_diff('day', state.borrower_overdue_since_due_on, as_of_on), 0)::integer as borrower_past_due_days
from {{ ref('ldg_loans') }} as loan
left join {{ ref('ldg_loan_states') }} as state
    on state.loan_id = loan.loan_id and state.valid_from <= as_of_on and state.valid_to > as_of_on
where loan.disbursed_on <= as_of_on
