-- The last assessment of a day of each loan: the risk grade of a loan on any past day comes from here.
select
    loan_id,
    assessed_on,
    arg_max(credit_grade, {'at': assessed_at, 'no': assessment_id}) as credit_grade,
    arg_max({'rate': expected_default_rate}, {'at': assessed_at, 'no': assessment_id}).rate as expected_default_rate
from {{ ref('stg_credit_assessments') }}
where loan_id is not null
group by loan_id, assessed_on
