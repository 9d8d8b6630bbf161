{{ config(materialized='table_function', parameters=['as_of_on']) }}
-- One row a loan in scope that was disbursed by the day, with what it adds to each figure.
{{ cn_loans(rows_of('rpt_cn_scope_as_of', 'as_of_on')) }}
