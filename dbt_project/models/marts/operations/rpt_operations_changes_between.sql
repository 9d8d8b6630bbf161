{{ config(materialized='table_function', parameters=['from_on', 'to_on']) }}
-- What each segment adds to the change of an operating figure from one day to another. For a rate R = Σ w·r (w: the segment's part of the
-- denominator, r: its own rate) the rate effect is (r₁ − r₀)(w₀ + w₁) ÷ 2 and the mix effect (w₁ − w₀)((r₀ + r₁) ÷ 2 − (R₀ + R₁) ÷ 2). For
-- any other figure it is the segment's own change. Effects are shown to four digits after the point, by largest remainder, so that those of
-- a kind of segments add up to the change of the whole. Grain: one row per code, segment_kind and segment_id.
{#- Rates and parts are whole numbers of 10^-12; a part of largest_remainder is 10^-9 of the last digit that is shown. #}
with
days as (
    select 0 as day_no, code, segment_kind, segment_id, value, numerator, denominator, unit, note
    from {{ rows_of('rpt_operations_segments_as_of', 'from_on') }}
    union all
    select 1, code, segment_kind, segment_id, value, numerator, denominator, unit, note
    from {{ rows_of('rpt_operations_segments_as_of', 'to_on') }}
),

-- Both days side by side. A figure that hides small groups is left out: its parts would reveal them.
segments as (
    select
        code,
        segment_kind,
        segment_id,
        unit,
        {%- for number in [0, 1] %}
        max(value) filter (where day_no = {{ number }}) as value_{{ number }},
        coalesce(max(numerator) filter (where day_no = {{ number }}), 0) as numerator_{{ number }},
        coalesce(max(denominator) filter (where day_no = {{ number }}), 0) as denominator_{{ number }},
        {%- endfor %}
        bool_or(denominator is not null) as is_ratio
    from days
    where code <> 'OP-F07' and note is null
    group by code, segment_kind, segment_id, unit
),

ratios as (
    select
        part.code,
        part.segment_kind,
        part.segment_id,
        part.value_0,
        part.value_1,
        {%- for number in [0, 1] %}
        {{ eighths('part.numerator_' ~ number) }} * case when part.unit = '%' then 100 else 1 end as numerator_{{ number }},
        {{ eighths('part.denominator_' ~ number) }} as denominator_{{ number }},
        {{ eighths('whole.numerator_' ~ number) }} * case when part.unit = '%' then 100 else 1 end as whole_numerator_{{ number }},
        {{ eighths('whole.denominator_' ~ number) }} as whole_denominator_{{ number }}{{ ',' if not loop.last }}
        {%- endfor %}
    from segments as part
    inner join segments as whole on whole.code = part.code and whole.segment_kind = 'total'
    where part.segment_kind <> 'total' and part.is_ratio and whole.denominator_0 > 0 and whole.denominator_1 > 0
),

-- What is added to the total's rate, the part of the denominator, the segment's own rate, the total's rate.
rates as (
    select
        code, segment_kind, segment_id, value_0, value_1,
        {%- for number in [0, 1] %}
        {{ rounded_quotient('numerator_' ~ number ~ ' * ' ~ ten_to(12), 'whole_denominator_' ~ number) }} as added_{{ number }},
        {{ rounded_quotient('denominator_' ~ number ~ ' * ' ~ ten_to(12), 'whole_denominator_' ~ number) }} as part_{{ number }},
        case when denominator_{{ number }} > 0 then {{ rounded_quotient('numerator_' ~ number ~ ' * ' ~ ten_to(12), 'greatest(denominator_' ~ number ~ ', 1)') }} end as own_{{ number }},
        {{ rounded_quotient('whole_numerator_' ~ number ~ ' * ' ~ ten_to(12), 'whole_denominator_' ~ number) }} as whole_{{ number }}{{ ',' if not loop.last }}
        {%- endfor %}
    from ratios
),

-- A segment that is missing on one day has the other day's rate.
effects as (
    select
        code, segment_kind, segment_id, value_0, value_1,
        (whole_1 - whole_0) * 10 as whole_part,
        (added_1 - added_0) * 10
            - {{ rounded_quotient('(part_1 - part_0) * (coalesce(own_0, own_1, 0) + coalesce(own_1, own_0, 0))', ten_to(11) ~ ' * 2') }} as rate_part,
        {{ rounded_quotient('(part_1 - part_0) * (coalesce(own_0, own_1, 0) + coalesce(own_1, own_0, 0) - whole_0 - whole_1)', ten_to(11) ~ ' * 2') }} as mix_part
    from rates
),

parts as (
    select code, segment_kind, segment_id, 'mix' as effect_kind, mix_part as part, whole_part from effects
    union all
    select code, segment_kind, segment_id, 'rate', rate_part, whole_part from effects
),

shown as (
    select
        code, segment_kind, segment_id, effect_kind,
        {{ largest_remainder('part', 'whole_part', ['code', 'segment_kind'], 'segment_id, effect_kind') }} * 0.01::decimal(3, 2) as effect_value
    from parts
)

select
    effects.code,
    effects.segment_kind,
    effects.segment_id,
    effects.value_0 as from_value,
    effects.value_1 as to_value,
    cast(max(shown.effect_value) filter (where shown.effect_kind = 'rate') as decimal(38, 8)) as rate_effect_value,
    cast(max(shown.effect_value) filter (where shown.effect_kind = 'mix') as decimal(38, 8)) as mix_effect_value,
    cast(sum(shown.effect_value) as decimal(38, 8)) as effect_value
from effects
inner join shown
    on shown.code = effects.code and shown.segment_kind = effects.segment_kind and shown.segment_id = effects.segment_id
group by effects.code, effects.segment_kind, effects.segment_id, effects.value_0, effects.value_1
union all
select code, segment_kind, segment_id, value_0, value_1, null, null, cast(coalesce(value_1, 0) - coalesce(value_0, 0) as decimal(38, 8))
from segments
where segment_kind <> 'total' and not is_ratio
