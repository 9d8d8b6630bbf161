{{ config(materialized='table_macro') }}
-- A row: a key that stands more than once in a table that the ledger reads.
{% set keys = {'loans': 'loan_id', 'products': 'product_id', 'users': 'user_id', 'investments': 'investment_id',
    'claim_transfers': 'transfer_id', 'repayments': 'repayment_id', 'instalments': 'loan_id, plan_version, instalment_no'} %}
{%- for name, key in keys.items() %}
select 'table {{ name }}' as entity, 'key' as field, sum(times - 1)::varchar as masked_value, 'keys stand more than once' as message
from (select count(*) as times from {{ ref('stg_' ~ name) }} group by {{ key }} having count(*) > 1)
having count(*) > 0
{{ 'union all' if not loop.last }}
{%- endfor %}
