{{ config(materialized='table_function', parameters=['as_of_on']) }}
-- One row per natural person over the limit on one platform.
{{ cn_over_limit('natural_person_outstanding', 'individual') }}
