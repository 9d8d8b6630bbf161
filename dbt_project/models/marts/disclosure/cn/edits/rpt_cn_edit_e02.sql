{{ config(materialized='table_function', parameters=['as_of_on']) }}
-- A row: an enterprise over the limit on one platform.
{{ cn_over_limit('enterprise_outstanding', 'enterprise') }}
