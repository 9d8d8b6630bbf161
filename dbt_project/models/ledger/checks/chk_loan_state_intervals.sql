{{ config(materialized='table_macro') }}
-- A row: a state interval that is empty, or that does not begin where the one before ended.
select 'loan ' || loan_id as entity, 'valid_from' as field, valid_from::varchar as masked_value,
    'the interval begins on ' || valid_from || ', the one before ends on ' || previous_to as message
from (
    select *, lag(valid_to) over (partition by loan_id order by valid_from) as previous_to
    from {{ ref('ldg_loan_states') }}
)
where (valid_from >= valid_to or previous_to <> valid_from) and as_of_on is not null
