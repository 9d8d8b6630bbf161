{{ config(materialized='table_function', parameters=['as_of_on']) }}
-- A row: a key that stands more than once in a table that the ledger reads.
-- Of 64 neighbouring numbers one group is made, with a bit for each: a number that stands twice leaves fewer bits than rows. Groups of single
-- numbers take three times as long.
{% set tables = {'loans': 'stg_loans', 'products': 'stg_products', 'users': 'ldg_users', 'investments': 'stg_investments',
    'claim_transfers': 'stg_claim_transfers', 'repayments': 'stg_repayments', 'instalments': 'stg_instalments'} %}
{%- for table, name in tables.items() %}
{%- set key = contract_tables()[table].key %}
select 'table {{ table }}' as entity, 'key' as field, sum(rows_count - bit_count(bits))::varchar as masked_value, 'keys stand more than once' as message
from (
    select count(*) as rows_count, bit_or(1::ubigint << ({{ key[-1] }} & 63)) as bits
    from {{ ref(name) }}
    group by {{ (key[:-1] + [key[-1] ~ ' >> 6']) | join(', ') }}
)
having sum(rows_count - bit_count(bits)) > 0
{{ 'union all' if not loop.last }}
{%- endfor %}
