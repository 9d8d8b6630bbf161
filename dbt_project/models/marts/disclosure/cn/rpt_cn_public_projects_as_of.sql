{{ config(materialized='table_function', parameters=['as_of_on']) }}
-- Section D for the public: the projects without names and numbers of people. Of a borrower (nature, region, industry, income) it shows
-- what may be said on any day (rpt_cn_public_borrowers_as_of), and of that only what at least minimum_group_count borrowers with a project
-- on this day share.
{% set columns = ['user_kind', 'province_code', 'industry_code', 'income_band'] %}
{% set said = [
    'amount', 'outstanding_amount', 'term_months', 'annual_rate', 'purpose', 'repayment_method', 'security_kind', 'credit_grade',
    'grade_meaning_zh', 'grade_meaning_en', 'possible_outcomes_zh', 'possible_outcomes_en', 'has_purpose_breach', 'has_ability_change',
    'is_overdue', 'has_legal_action', 'disclosure_frequency_code'
] %}
with
projects as {{ found_once() }} (
    select
        listing.borrower_id,
        {% for column in said -%}
        project.{{ column }},
        {% endfor -%}
        project.loan_id
    from {{ rows_of('rpt_cn_projects_as_of', 'as_of_on') }} as project
    inner join {{ ref('stg_loans') }} as listing on listing.loan_id = project.loan_id
),

people as (
    select owing.borrower_id as people_id, as_of_on::date as cohort_on, {{ columns | join(', ') }}
    from (select distinct borrower_id from projects) as owing
    left join {{ rows_of('rpt_cn_public_borrowers_as_of', 'as_of_on') }} as borrower on borrower.borrower_id = owing.borrower_id
),

{{ smallest_groups('cn') }},

{{ said_of_groups('shown', 'people', columns) }}

select
    as_of_on::date as as_of_on,
    project.loan_id,
    shown.user_kind,
    shown.province_code,
    shown.industry_code,
    shown.income_band,
    {% for column in said -%}
    {{ masked_text('project.purpose') ~ ' as purpose' if column == 'purpose' else 'project.' ~ column }}{{ ',' if not loop.last }}
    {% endfor -%}
from projects as project
left join shown on shown.people_id = project.borrower_id
