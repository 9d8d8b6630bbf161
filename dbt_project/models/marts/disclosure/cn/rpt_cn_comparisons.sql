{{ config(materialized='view') }}
-- Every stored figure beside that of the month end before and that of the end of the same month a year ago: the one definition for pages and forms.
select
    figure.as_of_on,
    figure.code,
    figure.value,
    previous.as_of_on as previous_on,
    previous.value as previous_value,
    year_ago.as_of_on as year_ago_on,
    year_ago.value as year_ago_value,
    figure.unit,
    figure.decimals
from {{ ref('rpt_cn_figures') }} as figure
left join {{ ref('rpt_cn_figures') }} as previous
    on previous.code = figure.code and previous.as_of_on = (date_trunc('month', figure.as_of_on) - interval 1 day)::date
left join {{ ref('rpt_cn_figures') }} as year_ago
    on year_ago.code = figure.code and year_ago.as_of_on = last_day((figure.as_of_on - interval 1 year)::date)
