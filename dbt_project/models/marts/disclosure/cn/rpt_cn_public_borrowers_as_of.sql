{{ config(materialized='table_function', parameters=['as_of_on']) }}
-- What may be said of a borrower in public, on whichever day: decided once, on the first month end on which the public sees a project of theirs, among
-- those whom it sees for the first time then. It is not said anew: what is said on one day and left out on another would be told by the other.
{% set columns = ['user_kind', 'province_code', 'industry_code', 'income_band'] %}
with
smallest as (
    select {{ in_force('threshold.value') }} as group_count
    from {{ ref('cn_thresholds') }} as threshold
    where threshold.threshold_code = 'minimum_group_count' and threshold.valid_from <= as_of_on
),

firsts as (
    select loan.borrower_id as people_id, min(last_day(state.valid_from)) as cohort_on
    from {{ ref('ldg_loan_states') }} as state
    inner join {{ ref('ldg_loans') }} as loan on loan.loan_id = state.loan_id
    inner join {{ rows_of('rpt_cn_readings_as_of', 'as_of_on') }} as readings on readings.counts_promotional or not loan.is_promotional
    where state.outstanding_amount > 0
        -- The first month end of the state, where it lasts that long.
        and last_day(state.valid_from) < state.valid_to
        and last_day(state.valid_from) <= as_of_on
    group by loan.borrower_id
),

people as (
    select firsts.people_id, firsts.cohort_on, {{ columns | join(', ') }}
    from firsts
    left join {{ ref('ldg_users') }} as borrower on borrower.user_id = firsts.people_id
),

{{ said_of_groups('said', 'people', columns) }}

select people_id as borrower_id, cohort_on as first_shown_on, {{ columns | join(', ') }}
from said
