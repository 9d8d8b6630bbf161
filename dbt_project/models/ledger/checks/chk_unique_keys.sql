{{ config(materialized='table_macro') }}
-- A row: a key that stands more than once in a table that the ledger reads.
{% set keys = {'loans': 'loan_id', 'products': 'product_id', 'users': 'user_id', 'investments': 'investment_id',
    'claim_transfers': 'transfer_id', 'repayments': 'repayment_id', 'instalments': "row(loan_id, plan_version, instalment_no)"} %}
{%- for name, key in keys.items() %}
select 'table {{ name }}' as entity, 'key' as field, (count(*) - count(distinct {{ key }}))::varchar as masked_value,
    'keys stand more than once' as message
from {{ ref('stg_' ~ name) }}
having count(*) <> count(distinct {{ key }})
{{ 'union all' if not loop.last }}
{%- endfor %}
