{{ config(materialized='table_function', parameters=['as_of_on']) }}
-- One row per institution of kind guarantee that stands behind loans outstanding on the day and has no licence number.
select 'institution ' || institution.institution_id as entity, 'licence_no' as field, '' as masked_value,
    'no licence number, and stands behind ' || behind.outstanding_amount || ' of ' || behind.outstanding_loans_count || ' loans'
    || case when institution.is_deleted then '; its record is deleted' else '' end as message
from {{ ref('dim_institutions') }} as institution
inner join {{ rows_of('fct_portfolio_as_of', 'as_of_on') }} as behind on behind.segment_id = institution.institution_id::varchar
where behind.counts_promotional and behind.segment_kind = 'institution' and behind.outstanding_loans_count > 0
    and institution.institution_kind = 'guarantee' and {{ trimmed("coalesce(institution.licence_no, '')") }} = ''
