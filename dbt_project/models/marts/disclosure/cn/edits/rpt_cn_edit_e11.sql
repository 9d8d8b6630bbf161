{{ config(materialized='table_macro') }}
-- A row: a figure at a month end that moved from the month before by more than the threshold share, or by more than the threshold number
-- of median absolute deviations of the last twelve monthly moves (where twelve are known).
with
thresholds as (
    select
        max_by(value, valid_from) filter (where threshold_code = 'monthly_move_share') as move_share,
        max_by(value, valid_from) filter (where threshold_code = 'monthly_move_mad_count') as mad_count
    from {{ ref('cn_thresholds') }}
    where valid_from <= as_of_on
),

moves as (
    select code, as_of_on as day_on, value, lag(value) over (partition by code order by as_of_on) as previous_value
    from {{ ref('rpt_cn_figures') }}
    where is_month_end
),

-- A macro's argument and a column may not share a name inside one filter.
asked as (select as_of_on::date as asked_on),

year_of_moves as (
    select moves.code, median(abs(moves.value - moves.previous_value)) as median_move, count(*) as moves_count
    from moves, asked
    where moves.day_on < asked.asked_on and moves.day_on >= asked.asked_on - interval 13 month and moves.previous_value is not null
    group by moves.code
)

select 'figure ' || moves.code as entity, 'value' as field, moves.value::varchar as masked_value,
    'moved from ' || moves.previous_value || ' to ' || moves.value as message
from moves
inner join asked on moves.day_on = asked.asked_on
cross join thresholds
left join year_of_moves on year_of_moves.code = moves.code
where moves.value is not null and moves.previous_value is not null and moves.value <> moves.previous_value
    and (
        abs(moves.value - moves.previous_value) > thresholds.move_share * abs(moves.previous_value)
        or (year_of_moves.moves_count >= 12 and abs(moves.value - moves.previous_value) > (1 + thresholds.mad_count) * year_of_moves.median_move)
    )
