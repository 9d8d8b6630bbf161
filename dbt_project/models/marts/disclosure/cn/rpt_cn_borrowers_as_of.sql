{{ config(materialized='table_macro') }}
-- depends_on: {{ ref('rpt_cn_scope_as_of') }}
-- One row a borrower of loans in scope, with the rank by what is owed.
{{ cn_borrowers('rpt_cn_scope_as_of(as_of_on)') }}
