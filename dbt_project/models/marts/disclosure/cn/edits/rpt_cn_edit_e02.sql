{{ config(materialized='table_macro') }}
-- depends_on: {{ ref('fct_portfolio_as_of') }}
-- A row: an enterprise over the limit on one platform.
{{ over_limit('enterprise_outstanding', 'enterprise') }}
