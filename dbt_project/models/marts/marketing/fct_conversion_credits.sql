{#- A later build credits the conversions again of all months whose paths a new row affects: the removal effect of a channel depends on all
    paths of a month. -#}
{%- set is_anew, web_sessions, sessions, conversions = has_other_sessions(), ref('stg_web_sessions'), ref('fct_sessions'), ref('fct_conversions') -%}
{%- set known_conversions = previous('fct_conversions') -%}
{%- set split_models = ['linear', 'position', 'decay', 'markov'] -%}
{{ config(
    materialized='incremental', incremental_strategy='delete+insert', unique_key=['conversion_kind', 'user_id'],
    pre_hook=["{{ forget_where_sessions_are_other() }}", "{{ forget_lost_conversions() }}"]
) }}
-- To which touches each conversion is credited, by seven models, in units of 10^-24 that add up to one per conversion. Where no session of
-- the user is in the window before it, channel and campaign are 'none'. Grain: one row per conversion_kind, user_id, channel and
-- campaign_code.
with
parameters as (
    select
        {{ in_force('value', "name = 'attribution_days'") }}::integer as days_count,
        {{ in_force('value', "name = 'registration_tolerance_seconds'") }}::integer as seconds_count
    from {{ ref('marketing_parameters') }}
),

months as {{ found_once() }} (
    select conversion_kind, date_trunc('month', converted_on)::date as month_on, last_day(converted_on) as last_on from {{ conversions }} group by all
),

{{ touched_months(is_anew, web_sessions, conversions, known_conversions) }}

{{ owned_sessions(
    sessions, ['session_id', 'started_at', 'started_on', 'channel', 'campaign_code'],
    none if is_anew else '(select min(touched.month_on) - max(parameters.days_count) - 1 from touched cross join parameters)'
) }},

windows as (
    select
        conversion.conversion_kind,
        conversion.user_id,
        touched.month_on,
        conversion.converted_at,
        conversion.converted_at - parameters.days_count * interval 1 day as opens_at,
        -- A session logged a moment after the registration that it led to counts as before it.
        conversion.converted_at
            + case when conversion.conversion_kind in ('registration', 'revenue_90') then parameters.seconds_count else 0 end * interval 1 second as closes_at
    from {{ conversions }} as conversion
    cross join parameters
    inner join touched
        on touched.conversion_kind = conversion.conversion_kind and touched.month_on = date_trunc('month', conversion.converted_on)
),

touches as {{ found_once() }} (
    select
        conversion.conversion_kind,
        conversion.user_id,
        conversion.month_on,
        session.channel,
        session.campaign_code,
        greatest({{ microseconds('conversion.converted_at') }} - {{ microseconds('session.started_at') }}, 0) as age,
        row_number() over (
            partition by conversion.conversion_kind, conversion.user_id order by session.started_at, session.session_id
        ) as touch_no,
        count(*) over (partition by conversion.conversion_kind, conversion.user_id) as touches_count,
        lag(session.channel) over (
            partition by conversion.conversion_kind, conversion.user_id order by session.started_at, session.session_id
        ) as channel_before
    from windows as conversion
    inner join owned as session
        on session.owner_id = conversion.user_id and session.started_at between conversion.opens_at and conversion.closes_at
),

{{ removed_channels('touches', 'owned', sessions, conversions) }},

cells as {{ found_once() }} (
    select
        *,
        count(*) over (partition by conversion_kind, user_id) as cells_count
    from (
        select
            conversion_kind,
            user_id,
            month_on,
            channel,
            campaign_code,
            min(touch_no) as first_touch_no,
            max(touch_no) as last_touch_no,
            max(touches_count) as touches_count,
            count(*) as linear_weight,
            -- 40 % to the first and to the last, 20 % to those between; with two touches, half each.
            sum(case when touches_count <= 2 then 1 when touch_no in (1, touches_count) then 4 * (touches_count - 2) else 2 end) as position_weight,
            count(*) filter (touches_count - touch_no < 20) as path_count
        from touches
        group by conversion_kind, user_id, month_on, channel, campaign_code
    )
),

-- Most conversions have one channel and campaign, which every model credits completely: only the others are divided.
shared_touches as (
    select touch.*
    from touches as touch
    where (touch.conversion_kind, touch.user_id) in (select cells.conversion_kind, cells.user_id from cells where cells.cells_count > 1)
),

{{ decayed('decayed_touches', 'shared_touches', 'age') }},

decays as (
    select conversion_kind, user_id, channel, campaign_code, sum(decay_weight) as decay_weight
    from decayed_touches
    group by conversion_kind, user_id, channel, campaign_code
),

-- A channel's part goes to its campaigns by their touches: at most twenty, so that 232,792,560 can be divided by their number.
weighed as (
    select
        cell.* exclude (path_count, cells_count),
        decay.decay_weight,
        coalesce(removed.effect, 0) as effect,
        case when cell.path_count > 0 then cell.path_count * {{ divided(
            as_whole(232792560), 'sum(cell.path_count) over (partition by cell.conversion_kind, cell.user_id, cell.channel)'
        ) }} else 0 end as path_weight
    from cells as cell
    inner join decays as decay
        on decay.conversion_kind = cell.conversion_kind and decay.user_id = cell.user_id
            and decay.channel = cell.channel and decay.campaign_code = cell.campaign_code
    left join removed
        on removed.conversion_kind = cell.conversion_kind and removed.month_on = cell.month_on and removed.channel = cell.channel
),

-- If all channels of a path have an effect of 0 to the last digit, they share equally.
compared as (
    select
        *,
        path_weight * case when max(effect) over of_conversion > 0 then effect else 1 end as markov_weight,
        max(last_touch_no) filter (channel <> 'direct') over of_conversion as last_non_direct_no
    from weighed
    window of_conversion as (partition by conversion_kind, user_id)
),

totals as (
    select
        *
        {%- for name in split_models %},
        sum({{ name }}_weight) over (partition by conversion_kind, user_id) as {{ name }}_total
        {%- endfor %}
    from compared
),

parts as (
    select
        conversion_kind, user_id, month_on, channel, campaign_code, effect,
        first_touch_no = 1 as is_first,
        last_touch_no = touches_count as is_last,
        last_touch_no = coalesce(last_non_direct_no, touches_count) as is_last_non_direct
        {%- for name in split_models %},
        {{ share_below(as_whole(name ~ '_weight'), as_whole(name ~ '_total')) }} as {{ name }}_below,
        {{ share_left(as_whole(name ~ '_weight'), as_whole(name ~ '_total')) }} as {{ name }}_left
        {%- endfor %}
    from totals
)

{# The units that cutting off leaves over go to the largest remainders, ties to the channel and campaign that come first by name. -#}
select
    conversion_kind,
    user_id,
    month_on,
    channel,
    campaign_code
    {%- for name, condition in (('first_touch', 'is_first'), ('last_touch', 'is_last'), ('last_non_direct', 'is_last_non_direct')) %},
    case when {{ condition }} then {{ ten_to(24) }} else {{ as_whole(0) }} end as {{ name }}_share
    {%- endfor %}
    {%- for name in split_models %},
    {{ as_whole(
        name ~ '_below + case when row_number() over (partition by conversion_kind, user_id order by ' ~ name ~ '_left desc, channel, campaign_code) <= '
        ~ ten_to(24) ~ ' - sum(' ~ name ~ '_below) over (partition by conversion_kind, user_id) then 1 else 0 end'
    ) }} as {{ name }}_share
    {%- endfor %},
    cast({{ shown_removal('effect') }} as decimal(16, 15)) as removal_share
from parts
union all
select
    cell.conversion_kind, cell.user_id, cell.month_on, cell.channel, cell.campaign_code{{ (', ' ~ ten_to(24)) * 7 }},
    cast({{ shown_removal('coalesce(removed.effect, 0)') }} as decimal(16, 15))
from cells as cell
left join removed on removed.conversion_kind = cell.conversion_kind and removed.month_on = cell.month_on and removed.channel = cell.channel
where cell.cells_count = 1
union all
select conversion_kind, user_id, month_on, 'none', 'none'{{ (', ' ~ ten_to(24)) * 7 }}, null
from windows
where (conversion_kind, user_id) not in (select conversion_kind, user_id from touches)
