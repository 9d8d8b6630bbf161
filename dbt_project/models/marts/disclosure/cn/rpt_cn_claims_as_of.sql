{{ config(materialized='table_macro') }}
-- depends_on: {{ ref('rpt_cn_scope_as_of') }}
-- One row a user who holds claims in loans in scope with outstanding principal.
{{ cn_claims('rpt_cn_scope_as_of(as_of_on)') }}
