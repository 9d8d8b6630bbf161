{{ config(materialized='table_function', parameters=['as_of_on']) }}
-- One row per figure at a month end that moved from the month before by more than the threshold share, or whose move is further from the
-- median move of the last twelve months than the threshold number of median absolute deviations (where twelve moves are known).
with
thresholds as (
    select
        {{ in_force('value', "threshold_code = 'monthly_move_share'") }} as move_share,
        {{ in_force('value', "threshold_code = 'monthly_move_mad_count'") }} as mad_count
    from {{ ref('cn_thresholds') }}
    where valid_from <= as_of_on
),

-- Columns with the name of the macro's argument are always qualified with their relation.
moves as (
    select
        stored.code,
        stored.as_of_on as day_on,
        stored.value,
        lag(stored.value) over earlier as previous_value,
        stored.value - lag(stored.value) over earlier as move
    from {{ ref('rpt_cn_figures') }} as stored
    where stored.is_month_end
    window earlier as (partition by stored.code order by stored.as_of_on)
),

past as (
    select code, move
    from moves
    where move is not null and day_on < as_of_on and day_on >= date_trunc('month', as_of_on) - interval 12 month
),

middles as (
    {{ doubled_medians('past', 'code', 'move') }}
),

deviations as (
    select past.code, abs(past.move + past.move - middle.doubled_median) as doubled_deviation
    from past
    inner join middles as middle on middle.code = past.code
),

spreads as (
    {{ doubled_medians('deviations', 'code', 'doubled_deviation') }}
)

select 'figure ' || moves.code as entity, 'value' as field, moves.value::varchar as masked_value,
    'moved from ' || moves.previous_value || ' to ' || moves.value as message
from moves
cross join thresholds
left join middles as middle on middle.code = moves.code
left join spreads as spread on spread.code = moves.code
where moves.day_on = as_of_on and moves.move <> 0
    and (
        abs(moves.move) > thresholds.move_share * abs(moves.previous_value)
        -- Medians are doubled so that none is halved: both sides are four times what the rule says.
        or (
            middle.values_count >= 12
            and abs(moves.move + moves.move - middle.doubled_median) + abs(moves.move + moves.move - middle.doubled_median)
            > thresholds.mad_count * spread.doubled_median
        )
    )
