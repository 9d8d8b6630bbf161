-- How many defaults the platform's assessments predicted, compared with the actual number: of loans that are 12 months old, those that were
-- more than 90 days past due by the borrower within these months. In total, by grade, and by the whole percent of the assessed probability.
-- Grain: one row per segment_kind and segment_id.
{#- The square of 1.959964, within which 95 % of a normal distribution lie, in units of 10^-9. -#}
{%- set z_squared = as_whole('3841458881') %}
{%- set nano = ten_to(9) %}
with
smallest as (
    {{ smallest_group() }}
),

loans as (
    {{ assessed_loans() }}
),

counted as (
    select
        case when credit_grade is not null then 'grade' when assessed_band is not null then 'assessment' else 'total' end as segment_kind,
        coalesce(credit_grade, assessed_band, 'all') as segment_id,
        count(*) as loans_count,
        count(*) filter (where is_default) as default_count,
        sum(expected_default_rate) as summed_default_rate
    from loans
    group by grouping sets ((), (credit_grade), (assessed_band))
    having count(*) > 0
),

-- Wilson's interval is (2d + z² ± sqrt(z²(4d(n − d) + nz²) ÷ n)) ÷ 2(n + z²), here in units of 10^-9, below the root in their squares.
squared as (
    select
        counted.*,
        {{ divided(
            z_squared ~ ' * (4 * ' ~ as_whole('counted.default_count') ~ ' * (counted.loans_count - counted.default_count) * ' ~ nano
            ~ ' + counted.loans_count * ' ~ z_squared ~ ')', 'counted.loans_count'
        ) }} as square
    from counted
),

{{ with_square_root('spread', 'squared', 'square') }}

select
    spread.segment_kind,
    spread.segment_id,
    spread.loans_count,
    spread.default_count,
    cast(spread.summed_default_rate as decimal(38, 6)) as summed_default_rate,
    {{ share_of_group(divided(eighths('spread.summed_default_rate'), '100'), as_whole('spread.loans_count') ~ ' * 1000000', 'spread.loans_count', 'smallest.people_count') }}
        as expected_default_share,
    {{ share_of_group(as_whole('spread.default_count'), as_whole('spread.loans_count'), 'spread.loans_count', 'smallest.people_count') }} as default_share,
    {%- for sign, name in (('-', 'least'), ('+', 'most')) %}
    {{ share_of_group(
        '2 * ' ~ as_whole('spread.default_count') ~ ' * ' ~ nano ~ ' + ' ~ z_squared ~ ' ' ~ sign ~ ' spread.spread_root',
        '2 * (' ~ as_whole('spread.loans_count') ~ ' * ' ~ nano ~ ' + ' ~ z_squared ~ ')', 'spread.loans_count', 'smallest.people_count'
    ) }} as {{ name }}_default_share{{ ',' if sign == '-' }}
    {%- endfor %}
from spread
cross join smallest
