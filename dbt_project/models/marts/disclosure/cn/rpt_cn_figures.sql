{{ config(materialized='incremental', incremental_strategy='append', on_schema_change='fail', pre_hook="{{ forget_changed_days('rpt_cn_days') }}") }}
-- Every month end of the history and the latest day, all from the one definition for any day.
select figures.*, days.is_month_end
from {{ ref('rpt_cn_days') }} as days,
    lateral (select * from {{ rows_of('rpt_cn_figures_as_of', 'days.day_on') }}) as figures
where days.must_compute
