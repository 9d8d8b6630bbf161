{{ config(materialized='table_function', parameters=['as_of_on']) }}
-- One row a user who holds claims in loans in scope with outstanding principal.
{{ cn_claims(rows_of('rpt_cn_scope_as_of', 'as_of_on')) }}
