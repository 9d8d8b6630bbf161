{{ config(materialized='table_function', parameters=['as_of_on']) }}
-- What caused the change of each operating figure since the day a month earlier: the parts of rpt_operations_changes_between. Grain: one
-- row per code, segment_kind and segment_id.
select *
from {{ rows_of('rpt_operations_changes_between', month_earlier('as_of_on'), 'as_of_on') }}
