{{ config(materialized='table_function', parameters=['as_of_on']) }}
-- One row a user who by the day had put money into a disbursed loan in scope or bought a claim in one.
{{ cn_lenders(rows_of('rpt_cn_claims_as_of', 'as_of_on')) }}
