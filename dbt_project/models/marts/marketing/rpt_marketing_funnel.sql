{{ config(materialized='view') }}
{% set funnels = funnel_steps() -%}
{%- set times = [] -%}
{%- for steps in funnels.values() -%}{%- for _, taken_at in steps if taken_at not in times -%}{%- do times.append(taken_at) -%}{%- endfor -%}{%- endfor -%}
-- The funnels of lenders and of borrowers by month of the first visit and of registration, one row per step, in total and by segment.
-- Grain: one row per cohort_kind, month_on, funnel_kind, segment_kind, segment_id and step_no.
with
cohorts as (
    select date_trunc('month', day_on)::date as month_on, cohort.*
    from ({{ funnel_cohorts(times + ['lender_steps_count', 'borrower_steps_count']) }}) as cohort
),

segments as (
    select
        cohorts.*,
        {{ row_each([
            "{'segment_kind': 'all', 'segment_id': 'all'}",
            "{'segment_kind': 'channel', 'segment_id': channel}",
            "{'segment_kind': 'campaign', 'segment_id': campaign_code}",
            "{'segment_kind': 'device', 'segment_id': device_kind}",
            "{'segment_kind': 'province', 'segment_id': province_code}",
            "{'segment_kind': 'landing_page', 'segment_id': landing_page}"
        ]) }}
    from cohorts
),

-- Microseconds from the step before, of those who reached the step: percentiles by nearest rank.
measured as (
    select
        cohort_kind,
        month_on,
        segment_kind,
        segment_id
        {%- for funnel, steps in funnels.items() %}
        {%- for step, taken_at in steps %},
        count(*) filter ({{ funnel }}_steps_count >= {{ loop.index }}) as {{ funnel }}_{{ step }}_count
        {%- if not loop.first %}
        {%- set gap = 'case when ' ~ funnel ~ '_steps_count >= ' ~ loop.index ~ ' then ' ~ microseconds(taken_at) ~ ' - '
            ~ microseconds(steps[loop.index0 - 1][1]) ~ ' end' %},
        {{ nearest_rank(gap, 50) }} as {{ funnel }}_{{ step }}_median,
        {{ nearest_rank(gap, 90) }} as {{ funnel }}_{{ step }}_ninetieth
        {%- endif %}
        {%- endfor %}
        {%- endfor %}
    from segments
    group by cohort_kind, month_on, segment_kind, segment_id
),

steps as (
    select
        cohort_kind,
        month_on,
        segment_kind,
        segment_id,
        {% set structs = [] -%}
        {%- for funnel, steps in funnels.items() -%}
        {%- for step, _ in steps -%}
        {%- do structs.append("{'funnel_kind': '" ~ funnel ~ "', 'step_no': " ~ loop.index ~ ", 'step_code': '" ~ step ~ "', 'people_count': "
            ~ funnel ~ '_' ~ step ~ "_count, 'previous_count': "
            ~ ('cast(null as bigint)' if loop.first else funnel ~ '_' ~ steps[loop.index0 - 1][0] ~ '_count')
            ~ ", 'first_count': " ~ funnel ~ '_' ~ steps[0][0] ~ "_count, 'median_wait': "
            ~ ('cast(null as bigint)' if loop.first else funnel ~ '_' ~ step ~ '_median') ~ ", 'ninetieth_wait': "
            ~ ('cast(null as bigint)' if loop.first else funnel ~ '_' ~ step ~ '_ninetieth') ~ '}') -%}
        {%- endfor -%}
        {%- endfor -%}
        {{ row_each(structs) }}
    from measured
),

minimum as (
    {{ smallest_group() }}
)

select
    steps.cohort_kind,
    steps.month_on,
    steps.funnel_kind,
    steps.segment_kind,
    steps.segment_id,
    steps.step_no,
    steps.step_code,
    steps.people_count,
    steps.previous_count,
    steps.first_count,
    steps.previous_count - steps.people_count as dropped_count,
    {%- for base, name in (('previous_count', 'of_previous'), ('first_count', 'of_first')) %}
    case when steps.{{ base }} >= minimum.people_count then
        cast({{ shown(rounded_quotient(as_whole('steps.people_count') ~ ' * 1000000', 'steps.' ~ base), 6) }} as decimal(9, 6))
    end as {{ name }}_share,
    {%- endfor %}
    {%- for name in ('median', 'ninetieth') %}
    case when steps.people_count >= minimum.people_count then
        cast({{ shown('steps.' ~ name ~ '_wait', 6) }} as decimal(18, 6))
    end as {{ name }}_seconds{{ ',' if not loop.last }}
    {%- endfor %}
from steps
cross join minimum
