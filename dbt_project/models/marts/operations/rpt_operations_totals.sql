{{ config(materialized='view') }}
-- The totals of all operating figures at every month end and on the latest day, including those that also exist by segment. Grain: one row
-- per as_of_on and code.
select as_of_on, code, value, numerator, denominator, unit, decimals, cast(null as varchar) as note, is_month_end
from {{ ref('rpt_operations_figures') }}
union all
select as_of_on, code, value, numerator, denominator, unit, decimals, note, is_month_end
from {{ ref('rpt_operations_segments') }}
where segment_kind = 'total' and code not in (select figure.code from {{ ref('rpt_operations_figures') }} as figure)
