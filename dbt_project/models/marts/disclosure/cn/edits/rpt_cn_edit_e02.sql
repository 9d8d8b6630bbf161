{{ config(materialized='table_macro') }}
-- A row: an enterprise over the limit on one platform.
{{ over_limit('enterprise_outstanding', 'enterprise') }}
