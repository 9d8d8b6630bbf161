{{ config(materialized='table_macro') }}
-- depends_on: {{ ref('rpt_cn_claims_as_of') }}
-- One row a user who by the day had put money into a disbursed loan in scope or bought a claim in one.
{{ cn_lenders('rpt_cn_claims_as_of(as_of_on)') }}
