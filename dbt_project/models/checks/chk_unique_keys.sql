{{ config(materialized='table_function', parameters=['as_of_on']) }}
-- One row per key that occurs more than once in a table that the ledger reads.
{% set tables = {'loans': 'stg_loans', 'products': 'stg_products', 'users': 'ldg_users', 'investments': 'stg_investments',
    'claim_transfers': 'stg_claim_transfers', 'repayments': 'stg_repayments', 'instalments': 'stg_instalments'} %}
{%- for table, name in tables.items() %}
select 'table {{ table }}' as entity, 'key' as field, sum(surplus_count)::varchar as masked_value, 'keys stand more than once' as message
from (
    {{ surplus_of_keys(ref(name), contract_tables()[table].key) }}
)
having sum(surplus_count) > 0
{{ 'union all' if not loop.last }}
{%- endfor %}
