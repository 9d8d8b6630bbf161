{{ config(materialized='view') }}
-- What may be said of a borrower in public, on whichever day: decided once, on the first month end on which the public sees a project of theirs, among
-- those whom it sees for the first time then. It is not said anew: what is said on one day and left out on another would be told by the other.
-- Grain: one row a borrower_id.
{% set columns = ['user_kind', 'province_code', 'industry_code', 'income_band'] %}
with
-- The first month end of each state, where it lasts that long.
seen as (
    select loan.borrower_id, loan.is_promotional, last_day(state.valid_from) as seen_on
    from {{ ref('ldg_loan_states') }} as state
    inner join {{ ref('ldg_loans') }} as loan on loan.loan_id = state.loan_id
    where state.outstanding_amount > 0 and last_day(state.valid_from) < state.valid_to
),

firsts as (
    select seen.borrower_id as people_id, min(seen.seen_on) as cohort_on
    from seen
    inner join {{ ref('dim_regime_readings') }} as readings
        on readings.regime = 'cn' and readings.valid_from <= seen.seen_on and readings.valid_to > seen.seen_on
            and (readings.counts_promotional or not seen.is_promotional)
    group by seen.borrower_id
),

people as (
    select firsts.people_id, firsts.cohort_on, {{ columns | join(', ') }}
    from firsts
    left join {{ ref('ldg_users_as_first_known') }} as borrower on borrower.user_id = firsts.people_id
),

{{ smallest_groups('cn') }},

{{ said_of_groups('said', 'people', columns) }}

select people_id as borrower_id, cohort_on as first_shown_on, {{ columns | join(', ') }}
from said
