{{ config(materialized='table_macro') }}
-- depends_on: {{ ref('fct_portfolio_as_of') }}
-- A row: a natural person over the limit on one platform.
{{ over_limit('natural_person_outstanding', 'individual') }}
