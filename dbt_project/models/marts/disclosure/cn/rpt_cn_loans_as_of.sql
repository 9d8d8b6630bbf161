{{ config(materialized='table_macro') }}
-- depends_on: {{ ref('rpt_cn_scope_as_of') }}
-- One row a loan in scope that was disbursed by the day, with what it adds to each figure.
{{ cn_loans('rpt_cn_scope_as_of(as_of_on)') }}
