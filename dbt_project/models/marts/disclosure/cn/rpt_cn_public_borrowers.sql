{{ config(materialized='view') }}
-- What may be said of a borrower in public, on any day. It is decided once, on the first month end on which the public sees a project of
-- theirs, among all borrowers whom it sees for the first time then. It is never decided again: what one day says and another leaves out, a
-- comparison of the two would reveal. Grain: one row per borrower_id.
{% set columns = ['user_kind', 'province_code', 'industry_code', 'income_band'] %}
with
-- The first month end of each state, if it lasts until one.
seen as (
    select loan.borrower_id as people_id, loan.is_promotional, last_day(state.valid_from) as cohort_on
    from {{ ref('ldg_loan_states') }} as state
    inner join {{ ref('ldg_loans') }} as loan on loan.loan_id = state.loan_id
    where state.outstanding_amount > 0 and last_day(state.valid_from) < state.valid_to
),

{{ said_when_first_seen('cn', 'seen', columns) }}

select people_id as borrower_id, cohort_on as first_shown_on, {{ columns | join(', ') }}
from said
