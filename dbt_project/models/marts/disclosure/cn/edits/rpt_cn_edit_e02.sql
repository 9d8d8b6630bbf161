{{ config(materialized='table_function', parameters=['as_of_on']) }}
-- One row per enterprise over the limit on one platform.
{{ cn_over_limit('enterprise_outstanding', 'enterprise') }}
