{# What a month's conversions would lose without each channel: the paths of the month, and the Markov chain that Python solves. #}

{# An aggregate: what the removal of each channel would lose, from rows that are steps of paths. A list of structs (channel, effect);
   warehouse/removal_effects.py. #}
{% macro removal_effects(origin, target, steps_count) -%} {{ adapter.dispatch('removal_effects')(origin, target, steps_count) }} {%- endmacro %}
{% macro duckdb__removal_effects(origin, target, steps_count) -%}
    removal_effects(list({'origin': {{ origin }}, 'target': {{ target }}, 'steps_count': {{ steps_count }}}))
{%- endmacro %}
{% macro spark__removal_effects(origin, target, steps_count) -%}
    removal_effects(collect_list({'origin': {{ origin }}, 'target': {{ target }}, 'steps_count': {{ steps_count }}}))
{%- endmacro %}

{# A channel's removal effect as a decimal, from units of 10^-15. #}
{% macro shown_removal(effect) -%} cast({{ effect }} as decimal(16, 0)) * 0.000000000000001::decimal(15, 15) {%- endmacro %}

{# Common table expressions, the last one called `removed`: the removal effect of each channel in each touched month of each kind. The paths
   of a month are the touches of its conversions, and the sessions in its last days of every person who had not converted by its end. Only
   the last twenty touches of each path count. #}
{% macro removed_channels(touches, owned, sessions, conversions) %}
{%- set kinds = ['registration', 'first_investment', 'first_loan', 'revenue_90'] -%}
converters as (
    select
        user_id
        {%- for kind in kinds %},
        min(converted_on) filter (conversion_kind = '{{ kind }}') as {{ kind }}_on
        {%- endfor %}
    from {{ conversions }}
    group by user_id
),

last_days as (
    select day.started_on, month.month_on, month.last_on
    from (select distinct started_on from {{ sessions }}) as day
    cross join parameters
    inner join (select distinct month_on, last_on from touched) as month
        on day.started_on <= month.last_on and day.started_on > month.last_on - parameters.days_count
),

lost_sessions as (
    select
        day.month_on,
        session.owner_id,
        case when session.owner_id is null then session.visitor_no end as stranger_no,
        session.started_at,
        session.session_id,
        session.channel
        {%- for kind in kinds %},
        coalesce(converter.{{ kind }}_on > day.last_on, true) as is_{{ kind }}_lost
        {%- endfor %}
    from {{ owned }} as session
    inner join last_days as day on day.started_on = session.started_on
    left join converters as converter on converter.user_id = session.owner_id
),

lost_touches as (
    select
        *,
        row_number() over (partition by owner_id, stranger_no, month_on order by started_at desc, session_id desc) as from_last_no,
        lead(channel) over (partition by owner_id, stranger_no, month_on order by started_at desc, session_id desc) as channel_before
    from lost_sessions
    where {% for kind in kinds %}is_{{ kind }}_lost{{ ' or ' if not loop.last }}{% endfor %}
),

lost_steps as (
    select
        month_on,
        case when from_last_no = 20 then '(start)' else coalesce(channel_before, '(start)') end as origin,
        channel as target,
        from_last_no = 1 as is_last
        {%- for kind in kinds %},
        is_{{ kind }}_lost
        {%- endfor %},
        count(*) as steps_count
    from lost_touches
    where from_last_no <= 20
    group by all
),

lost_of_kinds as (
    select
        month_on, origin, target, is_last, steps_count,
        {%- set structs = [] -%}
        {%- for kind in kinds -%} {%- do structs.append("{'conversion_kind': '" ~ kind ~ "', 'is_lost': is_" ~ kind ~ "_lost}") -%} {%- endfor %}
        {{ row_each(structs) }}
    from lost_steps
),

path_steps as (
    select
        conversion_kind,
        month_on,
        case when touch_no = greatest(touches_count - 19, 1) then '(start)' else channel_before end as origin,
        channel as target,
        count(*) as steps_count
    from {{ touches }}
    where touches_count - touch_no < 20
    group by all
    union all
    select conversion_kind, month_on, channel, '(converted)', count(*) from {{ touches }} where touch_no = touches_count group by all
    union all
    select conversion_kind, month_on, origin, target, sum(steps_count)::bigint from lost_of_kinds where is_lost group by all
    union all
    select conversion_kind, month_on, target, '(lost)', sum(steps_count)::bigint from lost_of_kinds where is_lost and is_last group by all
),

removed as (
    select conversion_kind, month_on, effect.channel, effect.effect
    from (
        select conversion_kind, month_on, unnest(effects) as effect
        from (
            select step.conversion_kind, step.month_on, {{ removal_effects('step.origin', 'step.target', 'step.steps_count') }} as effects
            from path_steps as step
            inner join touched on touched.conversion_kind = step.conversion_kind and touched.month_on = step.month_on
            group by step.conversion_kind, step.month_on
        )
    )
)
{%- endmacro %}
