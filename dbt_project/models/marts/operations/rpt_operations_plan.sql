{{ config(materialized='view') }}
-- Plan compared with actual: what is planned for a figure, segment and month, and the figure at the month end, or on the latest day of the
-- current month. A future month has no actual yet. Grain: one row per month_on, code, segment_kind and segment_id with a plan.
select
    target.month_on,
    target.code,
    target.segment_kind,
    target.segment_id,
    target.target_value,
    actual.as_of_on,
    actual.value as actual_value,
    cast(actual.value - target.target_value as decimal(38, 8)) as difference_value,
    case
        when target.target_value > 0
            then cast({{ shown(rounded_quotient(eighths('actual.value') ~ ' * ' ~ ten_to(4), eighths('greatest(target.target_value, 0.01)')), 4) }} as decimal(38, 4))
    end as actual_to_target_rate,
    metric.unit,
    metric.decimals
from (
    select told.code, told.segment_kind, told.segment_id, date_trunc('month', told.month_on)::date as month_on, told.target_value
    from {{ ref('stg_targets') }} as told
    where told.deleted_at is null
    -- A target names its month by any day of it. Where several do, what was planned last counts.
    qualify row_number() over (
        partition by told.code, told.segment_kind, told.segment_id, date_trunc('month', told.month_on) order by told.updated_at desc, told.month_on desc
    ) = 1
) as target
inner join {{ source('control', 'ctl_metrics') }} as metric on metric.metric_set = 'operations' and metric.code = target.code
left join {{ ref('rpt_operations_segments') }} as actual
    on date_trunc('month', actual.as_of_on)::date = target.month_on and actual.code = target.code
        and actual.segment_kind = target.segment_kind and actual.segment_id = target.segment_id
