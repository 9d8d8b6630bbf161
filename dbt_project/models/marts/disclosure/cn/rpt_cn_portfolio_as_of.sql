{{ config(materialized='table_function', parameters=['as_of_on']) }}
-- The portfolio on the day as China's rules read it: with or without promotional loans. Grain: one row per segment_kind and segment_id.
select portfolio.*
from {{ rows_of('fct_portfolio_as_of', 'as_of_on') }} as portfolio
inner join {{ rows_of('rpt_cn_readings_as_of', 'as_of_on') }} as readings on readings.counts_promotional = portfolio.counts_promotional
