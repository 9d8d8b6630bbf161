{{ config(materialized='view') }}
-- The public's projects at the last month end with data. The public snapshot is filled from here and is the only place that keeps them.
{% set latest = latest_business_date() %}
select projects.*
from {{ rows_of('rpt_cn_public_projects_as_of', 'case when last_day(' ~ latest ~ ') = ' ~ latest ~ ' then ' ~ latest ~ " else (date_trunc('month', " ~ latest ~ ') - interval 1 day)::date end') }} as projects
