{{ config(materialized='table_function', parameters=['as_of_on']) }}
-- A row: an institution of kind guarantee that stands behind loans outstanding on the day and has no licence number.
select 'institution ' || institution.institution_id as entity, 'licence_no' as field, '' as masked_value,
    'no licence number, and stands behind ' || sum(state.outstanding_amount) || ' of ' || count(*) || ' loans'
    || case when institution.is_deleted then '; its record is deleted' else '' end as message
from {{ ref('dim_institutions') }} as institution
inner join {{ ref('ldg_loans') }} as loan on loan.institution_id = institution.institution_id
inner join {{ ref('ldg_loan_states') }} as state on state.loan_id = loan.loan_id
where institution.institution_kind = 'guarantee' and {{ trimmed("coalesce(institution.licence_no, '')") }} = ''
    and state.valid_from <= as_of_on and state.valid_to > as_of_on and state.outstanding_amount > 0
group by institution.institution_id, institution.is_deleted
