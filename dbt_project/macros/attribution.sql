{# How conversions are credited to the touches before them. #}

{# The models that credit, by the name of their column of fct_conversion_credits without _share. #}
{% macro attribution_models() -%}
    {{- return(['first_touch', 'last_touch', 'last_non_direct', 'linear', 'position', 'decay', 'markov']) -}}
{%- endmacro %}

{# 2^(-age ÷ a week) in units of 10^-18, for an age in microseconds >= 0. Writes common table expressions. The last one is called `name` and
   has the columns of `touches` and decay_weight. The seed decay_factors holds the factors of whole weeks, hours, minutes and seconds. For
   what is below a second, with x = ln 2 times its part of a week, e^-x is 1 - x + x² ÷ 2 to the last digit. #}
{% macro decayed(name, touches, age) %}
{%- set week, hour, minute, second = 604800000000, 3600000000, 60000000, 1000000 -%}
factors as (
    select part_kind, part_no, {{ as_whole("replace(cast(factor_share as varchar), '.', '')") }} as factor from {{ ref('decay_factors') }}
),

{{ name }}_aged as (
    select
        touch.*,
        {{ divided(age, week) }} as week_no,
        {{ divided(age ~ ' % ' ~ week, hour) }} as hour_no,
        {{ divided(age ~ ' % ' ~ hour, minute) }} as minute_no,
        {{ divided(age ~ ' % ' ~ minute, second) }} as second_no,
        -- ln 2 is 1,146,076,687,434 units of 10^-24 for each microsecond of a week.
        {{ as_whole(divided('(' ~ age ~ ' % ' ~ second ~ ') * 1146076687434', 1000000)) }} as below_second
    from {{ touches }} as touch
),

{{ name }}_whole as (
    select
        touch.* exclude (week_no, hour_no, minute_no, second_no, below_second),
        {{ rounded_quotient('week.factor * hour.factor', ten_to(18)) }} as of_hours,
        {{ rounded_quotient('minute.factor * second.factor', ten_to(18)) }} as of_seconds,
        {{ ten_to(18) }} - touch.below_second + {{ rounded_quotient('touch.below_second * touch.below_second', '2 * ' ~ ten_to(18)) }} as of_rest
    from {{ name }}_aged as touch
    {%- for part in ('week', 'hour', 'minute', 'second') %}
    inner join factors as {{ part }} on {{ part }}.part_kind = '{{ part }}' and {{ part }}.part_no = touch.{{ part }}_no
    {%- endfor %}
),

{{ name }}_near as (
    select * exclude (of_hours, of_seconds), {{ rounded_quotient('of_hours * of_seconds', ten_to(18)) }} as of_whole from {{ name }}_whole
),

{{ name }} as (
    select * exclude (of_whole, of_rest), {{ rounded_quotient('of_whole * of_rest', ten_to(18)) }} as decay_weight from {{ name }}_near
)
{%- endmacro %}

{# Removes conversions that no longer count, before conversions are credited again. #}
{% macro forget_lost_conversions() -%}
    {%- set conversions = ref('fct_conversions') -%}
    {%- if is_incremental() -%}
        delete from {{ this }} where (conversion_kind, user_id) not in (select conversion_kind, user_id from {{ conversions }})
    {%- endif -%}
{%- endmacro %}

{# Common table expressions, the last one called `touched`: of the `months`, those of each kind that a build must credit (again). #}
{% macro touched_months(is_anew, web_sessions, conversions, known_conversions) %}
{%- if is_anew -%}
touched as (select conversion_kind, month_on, last_on from months),
{%- else -%}
-- A conversion that is new, gone or changed affects its month, and every later month in which its user counted, or now counts, as lost.
changed as (
    select conversion_kind, user_id, converted_at, converted_on
    from (
        select conversion_kind, user_id, converted_at, converted_on, 1 as times from {{ conversions }}
        union all
        select conversion_kind, user_id, converted_at, converted_on, -1 from {{ known_conversions }}
    )
    group by conversion_kind, user_id, converted_at, converted_on
    having sum(times) <> 0
),

arrived as (select visitor_id, user_id, started_on from {{ web_sessions }} where _load_seq > {{ seen_load_seq() }}),

-- Visitors whose sessions now belong to someone else: identified as a user for the first time, or shared.
another as (
    select visitor_id
    from {{ web_sessions }}
    where visitor_id in (select visitor_id from arrived where user_id is not null)
    group by visitor_id
    having count(user_id) filter (_load_seq <= {{ seen_load_seq() }}) = 0 or count(distinct user_id) > 1
),

moved as (
    select started_on from arrived
    union
    select started_on from {{ web_sessions }} where visitor_id in (select visitor_id from another)
),

touched as {{ found_once() }} (
    select months.conversion_kind, months.month_on, months.last_on
    from months
    inner join (select conversion_kind, date_trunc('month', min(converted_on)) as first_month_on from changed group by conversion_kind) as since
        on since.conversion_kind = months.conversion_kind and since.first_month_on <= months.month_on
    union
    -- A session can be in the window of a later conversion, and in the last days of a month.
    select months.conversion_kind, months.month_on, months.last_on
    from months
    cross join parameters
    inner join moved on moved.started_on <= months.last_on + 1 and moved.started_on >= months.month_on - parameters.days_count - 1
),
{%- endif %}
{%- endmacro %}
