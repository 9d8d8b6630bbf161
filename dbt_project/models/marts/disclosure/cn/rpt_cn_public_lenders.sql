{{ config(materialized='view') }}
-- What may be said of a lender in public, in whichever month: decided once, at the end of the month in which they lent first, among those who did so in
-- that month. No loan-level data say anything of lenders. Grain: one row a lender_id.
{% set columns = ['user_kind', 'province_code', 'income_band'] %}
with
starts as (
    select lender_id, lent_from as started_on, false as is_promotional from {{ ref('ldg_lender_starts') }} where lent_from is not null
    union all
    select lender_id, promotional_lent_from, true from {{ ref('ldg_lender_starts') }} where promotional_lent_from is not null
),

firsts as (
    select start.lender_id as people_id, min(last_day(start.started_on)) as cohort_on
    from starts as start
    inner join {{ ref('dim_regime_readings') }} as readings
        on readings.regime = 'cn' and readings.valid_from <= last_day(start.started_on) and readings.valid_to > last_day(start.started_on)
            and (readings.counts_promotional or not start.is_promotional)
    group by start.lender_id
),

people as (
    select firsts.people_id, firsts.cohort_on, {{ columns | join(', ') }}
    from firsts
    left join {{ ref('ldg_users_as_first_known') }} as lender on lender.user_id = firsts.people_id
),

{{ smallest_groups('cn') }},

{{ said_of_groups('said', 'people', columns) }}

select people_id as lender_id, cohort_on as first_shown_on, {{ columns | join(', ') }}
from said
