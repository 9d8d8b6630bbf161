{{ config(materialized='table_macro') }}
-- A row: a natural person over the limit on one platform.
{{ over_limit('natural_person_outstanding', 'individual') }}
