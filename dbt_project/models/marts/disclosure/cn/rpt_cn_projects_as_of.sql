{{ config(materialized='table_function', parameters=['as_of_on']) }}
-- Section D for the regulator: one row per loan in scope with outstanding principal on the day, its borrower masked.
with
outstanding as (
    select * from {{ rows_of('rpt_cn_scope_as_of', 'as_of_on') }}
    where outstanding_amount > 0
),

debts as (
    select
        segment_id::bigint as borrower_id,
        outstanding_amount as borrower_outstanding_amount,
        outstanding_loans_count as borrower_loans_count
    from {{ rows_of('rpt_cn_portfolio_as_of', 'as_of_on') }}
    where segment_kind = 'borrower'
),

bounds as (
    {{ past_due_bounds('cn', ['doubtful']) | indent(4) }}
),

assessed as (
    select
        assessment.loan_id,
        arg_max(assessment.credit_grade, assessment.assessed_on) filter (assessment.credit_grade is not null) as credit_grade,
        arg_max({'rate': assessment.expected_default_rate}, assessment.assessed_on).rate as expected_default_rate
    from {{ ref('fct_loan_assessments') }} as assessment
    where assessment.assessed_on <= as_of_on
    group by assessment.loan_id
),

happened as (
    select
        event.loan_id,
        bool_or(event.event_kind = 'purpose_breach') as has_purpose_breach,
        bool_or(event.event_kind in ('extension', 'restructuring', 'default_declared', 'write_off')) as has_ability_change,
        bool_or(event.event_kind in ('litigation', 'collateral_sold')) as has_legal_action
    from {{ ref('fct_loan_events') }} as event
    where event.occurred_on <= as_of_on
    group by event.loan_id
),

meanings as (
    select
        grade.credit_grade,
        max_by({'zh': grade.meaning_zh, 'en': grade.meaning_en}, grade.valid_from) as meaning,
        max_by({'zh': grade.outcomes_zh, 'en': grade.outcomes_en}, grade.valid_from) as outcomes
    from {{ ref('cn_risk_grades') }} as grade
    where grade.valid_from <= as_of_on
    group by grade.credit_grade
),

described as (
    select
        loan.*,
        listing.purpose,
        listing.collateral_value,
        listing.borrower_annual_cost,
        listing.institution_id,
        coalesce(assessed.credit_grade, {{ if_supplied('loans.credit_grade', 'listing.credit_grade') }}) as credit_grade,
        assessed.expected_default_rate,
        product.repayment_method,
        product.security_kind,
        {{ if_supplied('loan_events', 'coalesce(happened.has_purpose_breach, false)') }} as has_purpose_breach,
        {{ if_supplied('loan_events', 'coalesce(happened.has_ability_change, false)') }} as has_ability_change,
        {{ if_supplied('loan_events', 'coalesce(happened.has_legal_action, false)') }} as has_legal_action
    from outstanding as loan
    inner join {{ ref('stg_loans') }} as listing on listing.loan_id = loan.loan_id
    left join {{ ref('stg_products') }} as product on product.product_id = listing.product_id
    left join assessed on assessed.loan_id = loan.loan_id
    left join happened on happened.loan_id = loan.loan_id
)

select
    project.loan_id,
    borrower.masked_name,
    borrower.masked_id_number,
    borrower.user_kind,
    borrower.province_code,
    borrower.industry_code,
    borrower.income_band,
    debts.borrower_outstanding_amount,
    debts.borrower_loans_count,
    project.disbursed_on,
    project.amount,
    project.outstanding_amount,
    project.interest_outstanding_amount,
    project.term_months,
    {{ if_supplied('loans.annual_rate', 'project.annual_rate') }} as annual_rate,
    project.borrower_annual_cost,
    project.purpose,
    project.repayment_method,
    case
        when borrower.user_kind = 'enterprise' then 'business_revenue'
        when income.verified_on <= as_of_on then 'verified_income'
        when borrower.income_band is not null then 'stated_income'
    end as repayment_source_code,
    project.security_kind,
    project.collateral_value,
    institution.name as institution_name,
    institution.institution_kind,
    project.credit_grade,
    project.expected_default_rate,
    meanings.meaning.zh as grade_meaning_zh,
    meanings.meaning.en as grade_meaning_en,
    meanings.outcomes.zh as possible_outcomes_zh,
    meanings.outcomes.en as possible_outcomes_en,
    project.has_purpose_breach,
    project.has_ability_change,
    project.past_due_days > 0 as is_overdue,
    project.past_due_days,
    project.overdue_amount,
    project.has_legal_action,
    case
        when project.has_ability_change or project.has_legal_action or {{ is_in_band('project.past_due_days', 'bounds', 'doubtful') }}
            then 'at_once'
        when project.term_months <= 6 then 'monthly'
        else 'quarterly'
    end as disclosure_frequency_code
from described as project
cross join bounds
inner join debts on debts.borrower_id = project.borrower_id
left join {{ ref('ldg_users') }} as borrower on borrower.user_id = project.borrower_id
left join {{ ref('fct_income_verifications') }} as income on income.user_id = project.borrower_id
left join {{ ref('dim_institutions') }} as institution on institution.institution_id = project.institution_id
left join meanings on meanings.credit_grade = project.credit_grade
