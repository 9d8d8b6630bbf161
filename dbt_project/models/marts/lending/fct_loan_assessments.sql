{%- set is_anew = has_tombstones('credit_assessments') or not is_incremental() -%}
{{ config(
    materialized='incremental', incremental_strategy='delete+insert', unique_key=['loan_id', 'assessed_on'],
    pre_hook="{{ forget_all_where_gone('credit_assessments') }}"
) }}
-- The last assessment of a day of each loan: the source of a loan's risk grade on any past day. Assessments never change, so a later build
-- compares new ones with the last one known for the day.
with
arrived as (
    select loan_id, assessed_on, assessed_at, assessment_id, credit_grade, expected_default_rate
    from {{ ref('stg_credit_assessments') }}
    where loan_id is not null{{ '' if is_anew else ' and _load_seq > ' ~ seen_load_seq() }}
),

candidates as (
    select * from arrived
    {% if not is_anew -%}
    union all
    select known.loan_id, known.assessed_on, known.assessed_at, known.assessment_id, known.credit_grade, known.expected_default_rate
    from {{ this }} as known
    where exists (select 1 from arrived where arrived.loan_id = known.loan_id and arrived.assessed_on = known.assessed_on)
    {%- endif %}
)

select
    loan_id,
    assessed_on,
    max(assessed_at) as assessed_at,
    {% set order = instant_and_number('assessed_at', 'assessment_id') -%}
    arg_max(assessment_id, {{ order }}) filter (assessment_id is not null) as assessment_id,
    arg_max(credit_grade, {{ order }}) filter (credit_grade is not null) as credit_grade,
    arg_max({'rate': expected_default_rate}, {{ order }}).rate as expected_default_rate
from candidates
group by loan_id, assessed_on
