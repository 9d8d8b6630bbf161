{{ config(materialized='table_function', parameters=['as_of_on']) }}
-- What the operating figures of a day count, in words: the definitions under the readings of the home regime on that day.
select
    metric.code,
    coalesce(words.definition_zh, metric.definition_zh) as definition_zh,
    coalesce(words.definition_en, metric.definition_en) as definition_en,
    coalesce(words.formula, metric.formula) as formula
from {{ source('control', 'ctl_metrics') }} as metric
inner join {{ ref('dim_regime_readings') }} as readings
    on readings.is_home and readings.valid_from <= as_of_on and readings.valid_to > as_of_on
left join {{ source('control', 'ctl_metric_words') }} as words
    on words.metric_set = metric.metric_set and words.code = metric.code
        and words.over_90_reading in ('any', readings.over_90_reading)
        and words.overdue_rate_base in ('any', readings.overdue_rate_base)
        and words.promotional_reading in ('any', readings.counts_promotional::varchar)
where metric.metric_set = 'operations'
