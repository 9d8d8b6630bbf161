{{ config(materialized='incremental', incremental_strategy='append', on_schema_change='fail', pre_hook="{{ forget_changed_days('rpt_cn_public_days') }}") }}
-- Who borrowed, by month: the amount of the projects that are on the list of the month end (rpt_cn_public_projects_as_of) and could not be
-- on the one before. In total, and by what the list says of the borrower, as far as at least minimum_group_count borrowers of these
-- projects share it. Every project is in one month and there in one group, so that no two numbers differ by those of a few people. Grain:
-- one row per as_of_on, segment_kind and segment_code.
{% set columns = ['user_kind', 'province_code', 'industry_code', 'income_band'] %}
with
projects as {{ found_once() }} (
    select days.day_on as cohort_on, scope.*
    from {{ ref('rpt_cn_public_days') }} as days,
        lateral (
            select project.borrower_id, project.amount, project.is_of_month
            from {{ rows_of('rpt_cn_scope_as_of', 'days.day_on') }} as project
            where project.outstanding_amount > 0
        ) as scope
    where days.is_month_end and days.must_compute
),

-- What the list says of the borrower.
owing as (
    select project.borrower_id as people_id, project.cohort_on, {{ columns | join(', ') }}
    from (select distinct borrower_id, cohort_on from projects) as project
    left join {{ ref('rpt_cn_public_borrowers') }} as borrower
        on borrower.borrower_id = project.borrower_id and borrower.first_shown_on <= project.cohort_on
),

{{ smallest_groups('cn', 'owing') }},

{{ said_of_groups('listed', 'owing', columns) }},

new_projects as {{ found_once() }} (
    select cohort_on, borrower_id as people_id, sum(amount) as amount
    from projects
    where is_of_month
    group by cohort_on, borrower_id
),

people as (
    select listed.*
    from listed
    inner join new_projects as project on project.people_id = listed.people_id and project.cohort_on = listed.cohort_on
),

{{ said_of_groups('shown', 'people', columns) }}

{{ amounts_by_group('new_projects', 'shown', columns) }}
