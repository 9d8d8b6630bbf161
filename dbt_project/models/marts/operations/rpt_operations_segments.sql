{{ config(materialized='incremental', incremental_strategy='append', on_schema_change='fail', pre_hook="{{ forget_changed_segments() }}") }}
-- Operating figures by segment at every month end and on the latest day, all from the one definition for any day. Grain: one row per
-- as_of_on, code, segment_kind and segment_id.
select figures.*, days.is_month_end
from {{ ref('rpt_operations_days') }} as days,
    lateral (select * from {{ rows_of('rpt_operations_segments_as_of', 'days.day_on') }}) as figures
where days.must_compute
