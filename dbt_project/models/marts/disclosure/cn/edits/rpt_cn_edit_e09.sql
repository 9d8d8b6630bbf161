{{ config(materialized='table_function', parameters=['as_of_on']) }}
-- A row: a reference, or a day up to the one asked for, on which the platform's ledger and the custodian's statement differ.
with
differing as (
    select difference.custodian_reference, difference.moved_on, difference.difference_amount
    from {{ ref('ldg_custody_differences') }} as difference
    where difference.moved_on <= as_of_on
)

select 'reference ' || case custodian_reference when '' then '(none)' else custodian_reference end as entity, 'amount' as field,
    sum(difference_amount)::varchar as masked_value,
    'platform less custodian: ' || sum(difference_amount) || ' in all'
    || case when sum(difference_amount) = 0 then ', booked on another day than moved' else '' end as message
from differing
group by custodian_reference
union all
select 'day ' || moved_on, 'amount', sum(difference_amount)::varchar,
    'platform less custodian on the day: ' || sum(difference_amount)
from differing
group by moved_on
having sum(difference_amount) <> 0
