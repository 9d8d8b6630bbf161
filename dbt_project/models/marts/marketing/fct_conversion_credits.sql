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

-- The number of a month and kind, and of a channel and campaign in the order of their names: what is compared for every touch is a number.
months as {{ found_once() }} (
    select *, row_number() over (order by conversion_kind, month_on) as month_no
    from (
        select conversion_kind, date_trunc('month', converted_on)::date as month_on, last_day(converted_on) as last_on from {{ conversions }} group by all
    )
),

places as {{ found_once() }} (
    select *, min(place_no) over (partition by channel) as channel_no
    from (
        select channel, campaign_code, row_number() over (order by channel, campaign_code) as place_no
        from (select distinct channel, campaign_code from {{ sessions }})
    )
),

{{ touched_months(is_anew, web_sessions, conversions, known_conversions) }}

{{ owned_sessions(
    sessions, ['session_id', 'started_at', 'started_on', 'channel', 'campaign_code'],
    none if is_anew else '(select min(touched.month_on) - max(parameters.days_count) - 1 from touched cross join parameters)'
) }},

windows as (
    select
        touched.month_no,
        conversion.user_id,
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

touching as {{ found_once() }} (
    select
        conversion.month_no,
        conversion.user_id,
        place.place_no,
        place.channel_no,
        session.started_at,
        session.session_id,
        greatest({{ microseconds('conversion.converted_at') }} - {{ microseconds('session.started_at') }}, 0) as age
    from windows as conversion
    inner join owned as session
        on session.owner_id = conversion.user_id and session.started_at between conversion.opens_at and conversion.closes_at
    inner join places as place on place.channel = session.channel and place.campaign_code = session.campaign_code
),

paths as {{ found_once() }} (
    select month_no, user_id, count(*) as touches_count, min(place_no) as least_place_no, max(place_no) as greatest_place_no
    from touching
    group by month_no, user_id
),

-- Most conversions have one channel and campaign, which every model credits completely: only the touches of the others are put in order.
touches as {{ found_once() }} (
    select
        touch.*,
        path.touches_count,
        row_number() over (partition by touch.user_id, touch.month_no order by touch.started_at, touch.session_id) as touch_no,
        lag(touch.channel_no) over (partition by touch.user_id, touch.month_no order by touch.started_at, touch.session_id) as channel_before_no
    from touching as touch
    inner join paths as path
        on path.user_id = touch.user_id and path.month_no = touch.month_no and path.least_place_no <> path.greatest_place_no
),

{{ removed_channels('paths', 'touches', 'places', 'owned', sessions, conversions) }},

{{ decayed('decayed_touches', 'touches', 'age') }},

cells as (
    select
        month_no,
        user_id,
        place_no,
        channel_no,
        touches_count,
        min(touch_no) as first_touch_no,
        max(touch_no) as last_touch_no,
        count(*) as linear_weight,
        -- 40 % to the first and to the last, 20 % to those between; with two touches, half each.
        sum(case when touches_count = 2 then 1 when touch_no in (1, touches_count) then 4 * (touches_count - 2) else 2 end) as position_weight,
        sum(decay_weight) as decay_weight,
        count(*) filter (touches_count - touch_no < 20) as path_count
    from decayed_touches
    group by month_no, user_id, place_no, channel_no, touches_count
),

-- A channel's part goes to its campaigns by their touches: at most twenty, so that 232,792,560 can be divided by their number.
weighed as {{ found_once() }} (
    select
        cell.*,
        coalesce(removed.effect, 0) as effect,
        case when cell.path_count > 0 then cell.path_count * {{ divided(
            '232792560', 'sum(cell.path_count) over (partition by cell.user_id, cell.month_no, cell.channel_no)::bigint'
        ) }} else 0 end as path_weight
    from cells as cell
    left join removed on removed.month_no = cell.month_no and removed.channel_no = cell.channel_no
),

-- If all channels of a path have an effect of 0 to the last digit, they share equally.
totals as (
    select
        cell.month_no,
        cell.user_id,
        count(*) as cells_count,
        min(cell.place_no) as first_place_no,
        max(cell.effect) > 0 as has_effect,
        max(case when place.channel <> 'direct' then cell.last_touch_no end) as last_non_direct_no,
        max(cell.touches_count) as linear_total,
        sum(cell.position_weight) as position_total,
        sum(cell.decay_weight) as decay_total,
        case when max(cell.effect) > 0 then sum({{ as_whole('cell.path_weight') }} * cell.effect) else sum(cell.path_weight) end as markov_total
    from weighed as cell
    inner join places as place on place.place_no = cell.place_no
    group by cell.month_no, cell.user_id
),

parts as (
    select
        cell.month_no, cell.user_id, cell.place_no, cell.effect, total.cells_count,
        cell.place_no = total.first_place_no as is_first_place,
        cell.first_touch_no = 1 as is_first,
        cell.last_touch_no = cell.touches_count as is_last,
        cell.last_touch_no = coalesce(total.last_non_direct_no, cell.touches_count) as is_last_non_direct
        {%- for name in split_models %}
        {%- set weight = 'cell.' ~ name ~ '_weight' if name != 'markov' else
            as_whole('cell.path_weight') ~ ' * case when total.has_effect then cell.effect else 1 end' %},
        {{ as_whole(weight) }} as {{ name }}_weight, {{ as_whole('total.' ~ name ~ '_total') }} as {{ name }}_total
        {%- endfor %}
    from weighed as cell
    inner join totals as total on total.user_id = cell.user_id and total.month_no = cell.month_no
),

{{ split_by_weight('parts', split_models) }},

credited as (
    select
        month_no,
        user_id,
        place_no
        {%- for name, condition in (('first_touch', 'is_first'), ('last_touch', 'is_last'), ('last_non_direct', 'is_last_non_direct')) %},
        case when {{ condition }} then {{ ten_to(24) }} else {{ as_whole(0) }} end as {{ name }}_share
        {%- endfor %}
        {%- for name in split_models %},
        {{ as_whole(name ~ '_share') }} as {{ name }}_share
        {%- endfor %},
        effect
    from shared
    union all
    select path.month_no, path.user_id, path.least_place_no{{ (', ' ~ ten_to(24)) * 7 }}, coalesce(removed.effect, 0)
    from paths as path
    inner join places as place on place.place_no = path.least_place_no
    left join removed on removed.month_no = path.month_no and removed.channel_no = place.channel_no
    where path.least_place_no = path.greatest_place_no
    union all
    select month_no, user_id, 0{{ (', ' ~ ten_to(24)) * 7 }}, null
    from windows
    where (user_id, month_no) not in (select user_id, month_no from paths)
)

select
    touched.conversion_kind,
    credit.user_id,
    touched.month_on,
    coalesce(place.channel, 'none') as channel,
    coalesce(place.campaign_code, 'none') as campaign_code,
    {%- for name in attribution_models() %}
    credit.{{ name }}_share,
    {%- endfor %}
    cast({{ shown_removal('credit.effect') }} as decimal(16, 15)) as removal_share
from credited as credit
inner join touched on touched.month_no = credit.month_no
left join places as place on place.place_no = credit.place_no
