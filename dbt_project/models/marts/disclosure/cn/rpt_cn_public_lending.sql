{{ config(materialized='incremental', incremental_strategy='append', on_schema_change='fail', pre_hook="{{ forget_changed_days('rpt_cn_public_days') }}") }}
-- Whose money was lent, by month: what lenders put into loans in scope that were theirs from the month on. In total, and by what is said of
-- the lenders, as far as at least minimum_group_count lenders of the month share it. Every investment is in one month and there in one
-- group, so that no two numbers differ by those of a few people. Purchases of claims are not new lending. Grain: one row per as_of_on,
-- segment_kind and segment_code.
{% set columns = ['user_kind', 'province_code', 'income_band'] %}
with
lent as (
    select
        last_day(greatest(investment.invested_on, loan.disbursed_on)) as cohort_on,
        investment.lender_id as people_id,
        loan.is_promotional,
        sum(investment.amount) as amount
    from {{ ref('stg_investments') }} as investment
    inner join {{ ref('ldg_loans') }} as loan on loan.loan_id = investment.loan_id
    where last_day(greatest(investment.invested_on, loan.disbursed_on))
        in (select days.day_on from {{ ref('rpt_cn_public_days') }} as days where days.is_month_end and days.must_compute)
    group by last_day(greatest(investment.invested_on, loan.disbursed_on)), investment.lender_id, loan.is_promotional
),

months as {{ found_once() }} (
    select lent.cohort_on, lent.people_id, sum(lent.amount) as amount
    from lent
    inner join {{ ref('dim_regime_readings') }} as readings
        on readings.regime = 'cn' and readings.valid_from <= lent.cohort_on and readings.valid_to > lent.cohort_on
            and (readings.counts_promotional or not lent.is_promotional)
    group by lent.cohort_on, lent.people_id
),

people as (
    select month.people_id, month.cohort_on, {{ columns | join(', ') }}
    from months as month
    left join {{ ref('rpt_cn_public_lenders') }} as lender on lender.lender_id = month.people_id
),

{{ smallest_groups('cn') }},

{{ said_of_groups('shown', 'people', columns) }}

{{ amounts_by_group('months', 'shown', columns) }}
