{# How conversions are credited to the touches before them. #}

{# The models that credit, by the name of their column of fct_conversion_credits without _share. #}
{% macro attribution_models() -%}
    {{- return(['first_touch', 'last_touch', 'last_non_direct', 'linear', 'position', 'decay', 'markov']) -}}
{%- endmacro %}

{# 2^(-age ÷ a week) in units of 10^-18, for an age in microseconds >= 0. Writes common table expressions. The last one is called `name` and
   has the columns of `touches` and decay_weight. The seed decay_factors holds the factors of whole weeks, hours, minutes and seconds. For
   what is below a second, with x = ln 2 times its part of a week, e^-x is 1 - x + x² ÷ 2 to the last digit. Products of factors are few and
   touches are many: they are multiplied before they are joined. #}
{% macro decayed(name, touches, age) %}
{%- set hour, second = 3600000000, 1000000 -%}
factors as (
    select part_kind, part_no, {{ as_whole("replace(cast(factor_share as varchar), '.', '')") }} as factor from {{ ref('decay_factors') }}
),

{%- for whole, part, parts_count in (('week', 'hour', 168), ('minute', 'second', 60)) %}

{{ part }}s as (
    select whole.part_no * {{ parts_count }} + part.part_no as part_no, {{ rounded_quotient('whole.factor * part.factor', ten_to(18)) }} as factor
    from factors as whole
    inner join factors as part on whole.part_kind = '{{ whole }}' and part.part_kind = '{{ part }}'
),
{%- endfor %}

{{ name }}_aged as (
    select
        touch.*,
        {{ divided(age, hour) }} as hour_no,
        {{ divided(age ~ ' % ' ~ hour, second) }} as second_no,
        -- ln 2 is 1,146,076,687,434 units of 10^-24 for each microsecond of a week.
        {{ as_whole(divided('(' ~ age ~ ' % ' ~ second ~ ') * 1146076687434', 1000000)) }} as below_second
    from {{ touches }} as touch
),

{{ name }}_near as (
    select
        touch.* exclude (hour_no, second_no),
        {{ rounded_quotient('hours.factor * seconds.factor', ten_to(18)) }} as of_whole
    from {{ name }}_aged as touch
    inner join hours on hours.part_no = touch.hour_no
    inner join seconds on seconds.part_no = touch.second_no
),

{{ name }} as (
    select
        * exclude (below_second, of_whole),
        -- Many clocks log whole seconds.
        case
            when below_second = 0 then of_whole
            else {{ rounded_quotient(
                'of_whole * (' ~ ten_to(18) ~ ' - below_second + ' ~ rounded_quotient('below_second * below_second', '2 * ' ~ ten_to(18)) ~ ')', ten_to(18)
            ) }}
        end as decay_weight
    from {{ name }}_near
)
{%- endmacro %}

{# Common table expressions, the last one called `shared`: `parts` of conversions of several, with the share of each model in units of 10^-24
   instead of its weight and total. The units that cutting off leaves over go to the largest remainders, ties to the lower place_no. #}
{% macro split_by_weight(parts, models) %}
{%- set kept = 'month_no, user_id, place_no, effect, is_first, is_last, is_last_non_direct' -%}
{%- set small = ['linear', 'position'] -%}
divided_parts as {{ found_once() }} (
    select
        {{ kept }}, cells_count, is_first_place
        {%- for name in models %},
        {{ name }}_total,
        {% if name in small -%}
        -- Numbers of touches: the product has room for all 24 digits.
        {{ divided(name ~ '_weight * ' ~ ten_to(24), name ~ '_total') }} as {{ name }}_below,
        {{ remainder_of(name ~ '_weight * ' ~ ten_to(24), name ~ '_total') }} as {{ name }}_left
        {%- else -%}
        {{ share_below(name ~ '_weight', name ~ '_total') }} as {{ name }}_below,
        {{ share_left(name ~ '_weight', name ~ '_total') }} as {{ name }}_left
        {%- endif %}
        {%- endfor %}
    from {{ parts }}
    where cells_count > 2 or is_first_place
),

-- Of two parts only the first is divided: what it does not get is the second's. It gets the unit that is left over if its remainder is at
-- least half of one.
first_of_two as (
    select
        month_no,
        user_id
        {%- for name in models %},
        {{ name }}_below + case when 2 * {{ name }}_left >= {{ name }}_total then 1 else 0 end as {{ name }}_share
        {%- endfor %}
    from divided_parts
    where cells_count = 2
),

shared as (
    select
        part.{{ kept | replace(', ', ', part.') }}
        {%- for name in models %},
        case when part.is_first_place then first.{{ name }}_share else {{ ten_to(24) }} - first.{{ name }}_share end as {{ name }}_share
        {%- endfor %}
    from {{ parts }} as part
    inner join first_of_two as first on first.user_id = part.user_id and first.month_no = part.month_no
    union all
    select
        {{ kept }}
        {%- for name in models %},
        {{ name }}_below + case when row_number() over (partition by user_id, month_no order by {{ name }}_left desc, place_no)
            <= {{ ten_to(24) }} - sum({{ name }}_below) over (partition by user_id, month_no) then 1 else 0 end as {{ name }}_share
        {%- endfor %}
    from divided_parts
    where cells_count > 2
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
touched as (select * from months),
{%- else -%}
-- A conversion that is new, gone or changed affects its month, and every later month in which its user counted, or now counts, as lost.
-- Days whose conversions differ have other sums of hashes: only the first such day matters, so that nothing is sorted or joined.
changed as (
    select conversion_kind, converted_on
    from (
        select conversion_kind, converted_on, count(*) as times, sum({{ as_whole(hashed('user_id, converted_at')) }}) as mark
        from {{ conversions }}
        group by conversion_kind, converted_on
        union all
        select conversion_kind, converted_on, -count(*), -sum({{ as_whole(hashed('user_id, converted_at')) }})
        from {{ known_conversions }}
        group by conversion_kind, converted_on
    )
    group by conversion_kind, converted_on
    having sum(times) <> 0 or sum(mark) <> 0
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
    select months.*
    from months
    inner join (select conversion_kind, date_trunc('month', min(converted_on)) as first_month_on from changed group by conversion_kind) as since
        on since.conversion_kind = months.conversion_kind and since.first_month_on <= months.month_on
    union
    -- A session can be in the window of a later conversion, and in the last days of a month.
    select months.*
    from months
    cross join parameters
    inner join moved on moved.started_on <= months.last_on + 1 and moved.started_on >= months.month_on - parameters.days_count - 1
),
{%- endif %}
{%- endmacro %}
