{{ config(materialized='table_function', parameters=['as_of_on']) }}
-- Section D for the public: the projects without anybody's name or number. What is said of a borrower (nature, region, industry, income) is said
-- only where at least so many borrowers as minimum_group_count share all of it; else the finest part is left out, then the next, until they do.
-- Each step counts only those whom no finer step shows, so that no group of the published rows is smaller.
{% set levels = [
    ['user_kind', 'province_code', 'industry_code', 'income_band'],
    ['user_kind', 'province_code', 'industry_code'],
    ['user_kind', 'province_code'],
    ['user_kind']
] %}
{% set said = [
    'amount', 'outstanding_amount', 'term_months', 'annual_rate', 'purpose', 'repayment_method', 'security_kind', 'credit_grade',
    'grade_meaning_zh', 'grade_meaning_en', 'possible_outcomes_zh', 'possible_outcomes_en', 'has_purpose_breach', 'has_ability_change',
    'is_overdue', 'has_legal_action', 'disclosure_frequency_code'
] %}
with
smallest as (
    select {{ in_force('threshold.value') }} as group_count
    from {{ ref('cn_thresholds') }} as threshold
    where threshold.threshold_code = 'minimum_group_count' and threshold.valid_from <= as_of_on
),

projects as {{ found_once() }} (
    select
        listing.borrower_id,
        {% for column in said + levels[0] -%}
        project.{{ column }},
        {% endfor -%}
        project.loan_id
    from {{ rows_of('rpt_cn_projects_as_of', 'as_of_on') }} as project
    inner join {{ ref('stg_loans') }} as listing on listing.loan_id = project.loan_id
),

people as (select distinct borrower_id, {{ levels[0] | join(', ') }} from projects),

left_0 as (select * from people),
{% for level in levels %}
counted_{{ loop.index }} as (
    select *, count(*) over (partition by {{ level | join(', ') }}) >= (select group_count from smallest) as is_shown
    from left_{{ loop.index0 }}
),

left_{{ loop.index }} as (select * exclude (is_shown) from counted_{{ loop.index }} where not is_shown),
{% endfor %}
shown as (
    {% for level in levels -%}
    select
        borrower_id,
        {%- for column in levels[0] %}
        {{ column if column in level else 'null::varchar' }} as {{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from counted_{{ loop.index }}
    where is_shown
    union all
    {% endfor -%}
    select borrower_id, null, null, null, null from left_{{ levels | length }}
)

select
    as_of_on::date as as_of_on,
    project.loan_id,
    shown.user_kind,
    shown.province_code,
    shown.industry_code,
    shown.income_band,
    {% for column in said -%}
    project.{{ column }}{{ ',' if not loop.last }}
    {% endfor -%}
from projects as project
left join shown on shown.borrower_id = project.borrower_id
