{{ config(materialized='table_function', parameters=['as_of_on']) }}
-- One row per listing to which rows of money refer and that the source does not have.
{% for name in ['investments', 'repayments', 'instalments', 'claim_transfers'] %}
select '{{ name }} of loan ' || child.loan_id as entity, 'loan_id' as field, child.loan_id::varchar as masked_value,
    count(*) || ' rows refer to a listing that is not there' as message
from {{ ref('stg_' ~ name) }} as child
where as_of_on is not null and not exists (select 1 from {{ ref('stg_loans') }} as listing where listing.loan_id = child.loan_id)
group by child.loan_id
{{ 'union all' if not loop.last }}
{%- endfor %}
