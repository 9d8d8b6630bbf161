{{ config(materialized='table_macro') }}
-- A row: a key that stands more than once in a table that the ledger reads.
-- Of 64 neighbouring numbers one group is made, with a bit for each: a number that stands twice leaves fewer bits than rows. Groups of single
-- numbers take three times as long.
{% set keys = {'stg_loans': ['loan_id'], 'stg_products': ['product_id'], 'ldg_users': ['user_id'], 'stg_investments': ['investment_id'],
    'stg_claim_transfers': ['transfer_id'], 'stg_repayments': ['repayment_id'], 'stg_instalments': ['loan_id', 'plan_version', 'instalment_no']} %}
{%- for name, key in keys.items() %}
select 'table {{ name[4:] }}' as entity, 'key' as field, sum(rows_count - bit_count(bits))::varchar as masked_value, 'keys stand more than once' as message
from (
    select count(*) as rows_count, bit_or(1::ubigint << ({{ key[-1] }} & 63)) as bits
    from {{ ref(name) }}
    group by {{ (key[:-1] + [key[-1] ~ ' >> 6']) | join(', ') }}
)
having sum(rows_count - bit_count(bits)) > 0
{{ 'union all' if not loop.last }}
{%- endfor %}
