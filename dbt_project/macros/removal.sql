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
   the last twenty touches of each path count. A repeated visit by the same channel changes nothing, so that a path of one channel is one
   step to it. `paths` has the conversions with touches, `touches` those of several channels or campaigns in order, `places` the numbers of
   channels and campaigns; 0 is the start. #}
{% macro removed_channels(paths, touches, places, owned, sessions, conversions) %}
{%- set kinds = {'registration': 1, 'first_investment': 2, 'first_loan': 4, 'revenue_90': 8} -%}
channels as (select channel_no, min(channel) as channel from {{ places }} group by channel_no),

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

-- The kinds of which the person had no conversion by the end of the month, one bit each.
lost_sessions as (
    select
        day.month_on,
        session.owner_id,
        case when session.owner_id is null then session.visitor_no end as stranger_no,
        session.started_at,
        session.session_id,
        channel.channel_no,
        {% for kind, bit in kinds.items() -%}
        {{ if_so('coalesce(converter.' ~ kind ~ '_on > day.last_on, true)', bit) }}{{ ' + ' if not loop.last }}
        {%- endfor %} as kinds_no
    from {{ owned }} as session
    inner join last_days as day on day.started_on = session.started_on
    inner join channels as channel on channel.channel = session.channel
    left join converters as converter on converter.user_id = session.owner_id
),

lost_touches as (
    select
        *,
        row_number() over (partition by owner_id, stranger_no, month_on order by started_at desc, session_id desc) as from_last_no,
        lead(channel_no) over (partition by owner_id, stranger_no, month_on order by started_at desc, session_id desc) as channel_before_no
    from lost_sessions
    where kinds_no > 0
),

lost_steps as (
    select
        month_on,
        case when from_last_no = 20 then 0 else coalesce(channel_before_no, 0) end as origin_no,
        channel_no as target_no,
        from_last_no = 1 as is_last,
        kinds_no,
        count(*) as steps_count
    from lost_touches
    where from_last_no <= 20
    group by all
),

lost_of_kinds as (
    select
        month_on, origin_no, target_no, is_last, steps_count,
        {%- set structs = [] -%}
        {%- for kind, bit in kinds.items() -%}
            {%- do structs.append("{'conversion_kind': '" ~ kind ~ "', 'is_lost': (kinds_no & " ~ bit ~ ") <> 0}") -%}
        {%- endfor %}
        {{ row_each(structs) }}
    from lost_steps
),

-- From a channel to no other: converted, or lost.
path_steps as (
    select
        month_no,
        case when touch_no = greatest(touches_count - 19, 1) then 0 else channel_before_no end as origin_no,
        channel_no as target_no,
        'visited' as end_kind,
        count(*) as steps_count
    from {{ touches }}
    where touches_count - touch_no < 20
    group by all
    union all
    select month_no, channel_no, 0, 'converted', count(*) from {{ touches }} where touch_no = touches_count group by all
    {%- for origin, target, end_kind in (('0', 'place.channel_no', 'visited'), ('place.channel_no', '0', 'converted')) %}
    union all
    select path.month_no, {{ origin }}, {{ target }}, '{{ end_kind }}', count(*)
    from {{ paths }} as path
    inner join {{ places }} as place on place.place_no = path.least_place_no
    where path.least_place_no = path.greatest_place_no
    group by all
    {%- endfor %}
    {%- for target, end_kind, condition in (('target_no', 'visited', 'true'), ('0', 'lost', 'lost.is_last')) %}
    union all
    select touched.month_no, lost.{{ 'origin_no, lost.target_no' if end_kind == 'visited' else 'target_no, 0' }}, '{{ end_kind }}', sum(lost.steps_count)::bigint
    from lost_of_kinds as lost
    inner join touched on touched.conversion_kind = lost.conversion_kind and touched.month_on = lost.month_on
    where lost.is_lost{{ ' and lost.is_last' if end_kind == 'lost' }}
    group by all
    {%- endfor %}
),

removed as (
    select month_no, channel.channel_no, effect.effect
    from (
        select month_no, unnest(effects) as effect
        from (
            select
                step.month_no,
                {{ removal_effects(
                    "coalesce(origin.channel, '(start)')", "case when step.end_kind = 'visited' then target.channel else '(' || step.end_kind || ')' end",
                    'step.steps_count'
                ) }} as effects
            from path_steps as step
            left join channels as origin on origin.channel_no = step.origin_no
            left join channels as target on target.channel_no = step.target_no
            group by step.month_no
        )
    )
    inner join channels as channel on channel.channel = effect.channel
)
{%- endmacro %}
