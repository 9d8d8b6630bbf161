{{ config(materialized='table_function', parameters=['as_of_on']) }}
-- One row a borrower of loans in scope, with the rank by what is owed.
{{ cn_borrowers(rows_of('rpt_cn_scope_as_of', 'as_of_on')) }}
