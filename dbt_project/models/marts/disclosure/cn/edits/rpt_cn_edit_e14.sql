{{ config(materialized='table_function', parameters=['as_of_on']) }}
-- One row per guarantor (kind guarantee, or any institution with a guarantee_limit) that stands behind more outstanding principal on the
-- day than its limit, or behind any after the last day of its cooperation.
with
behind as (
    select segment_id as institution_id, outstanding_amount, outstanding_loans_count as loans_count
    from {{ rows_of('fct_portfolio_as_of', 'as_of_on') }}
    where counts_promotional and segment_kind = 'institution' and outstanding_loans_count > 0
),

guarantors as (
    select behind.*, institution.guarantee_limit, institution.cooperation_ended_on,
        case when institution.is_deleted then '; its record is deleted' else '' end as remark
    from behind
    inner join {{ ref('dim_institutions') }} as institution on institution.institution_id::varchar = behind.institution_id
    where institution.institution_kind = 'guarantee' or institution.guarantee_limit is not null
)

select 'institution ' || institution_id as entity, 'guarantee_limit' as field, outstanding_amount::varchar as masked_value,
    'stands behind ' || outstanding_amount || ', its limit is ' || guarantee_limit || remark as message
from guarantors
where outstanding_amount > guarantee_limit
union all
select 'institution ' || institution_id, 'cooperation_ended_on', outstanding_amount::varchar,
    'stands behind ' || outstanding_amount || ' of ' || loans_count || ' loans, its cooperation ended on ' || cooperation_ended_on || remark
from guarantors
where cooperation_ended_on < as_of_on
