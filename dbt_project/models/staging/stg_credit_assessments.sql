{{ config(materialized='view') }}

{{ staged_append('credit_assessments', [
    'assessment_id',
    'user_id',
    'loan_id',
    'credit_grade',
    'score',
    'expected_default_rate',
    'credit_limit',
    'assessed_at',
    business_date('assessed_at') ~ ' as assessed_on'
], is_kept=false) }}
