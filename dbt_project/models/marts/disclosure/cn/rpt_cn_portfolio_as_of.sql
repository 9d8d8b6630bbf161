{{ config(materialized='table_macro') }}
-- depends_on: {{ ref('fct_portfolio_as_of') }}
-- depends_on: {{ ref('rpt_cn_readings_as_of') }}
-- The portfolio on the day as China's rules read it: with or without promotional loans. Grain: one row a segment_kind and segment_id.
select portfolio.*
from fct_portfolio_as_of(as_of_on) as portfolio
inner join rpt_cn_readings_as_of(as_of_on) as readings on readings.counts_promotional = portfolio.counts_promotional
