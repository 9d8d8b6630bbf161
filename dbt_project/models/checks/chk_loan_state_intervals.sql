{{ config(materialized='table_function', parameters=['as_of_on']) }}
-- One row per state interval that is empty, or that does not begin where the previous one ended. If no interval is empty, and the ends
-- (except the last) are the same days as the beginnings (except the first), each begins where the previous one ended. Loans whose ends and
-- beginnings differ (by the sum of their hashes, so that nothing is sorted) are checked one by one.
with
odd as (
    select loan_id
    from {{ ref('ldg_loan_states') }}
    group by loan_id
    having bool_or(valid_from >= valid_to) or sum({{ hashed('valid_to') }}) + {{ hashed('min(valid_from)') }}
        <> sum({{ hashed('valid_from') }}) + {{ hashed('max(valid_to)') }}
)

select 'loan ' || loan_id as entity, 'valid_from' as field, valid_from::varchar as masked_value,
    'the interval begins on ' || valid_from || ', the one before ends on ' || previous_to as message
from (
    select *, lag(valid_to) over (partition by loan_id order by valid_from) as previous_to
    from {{ ref('ldg_loan_states') }}
    where loan_id in (select odd.loan_id from odd)
)
where (valid_from >= valid_to or previous_to <> valid_from) and as_of_on is not null
