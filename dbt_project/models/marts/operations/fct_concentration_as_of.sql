{{ config(materialized='table_function', parameters=['as_of_on']) }}
-- How concentrated the portfolio is on few people on a day, as the home regime counts it: the largest borrower, the ten largest, the sum of
-- squared shares of all borrowers (HHI, 10,000 for a single one), and how unequal the lenders' positions are (Gini, 0 if all are equal).
-- Grain: one row per measure_code.
with
smallest as (
    {{ smallest_group() }}
),

readings as (
    select counts_promotional from {{ ref('dim_regime_readings') }} where is_home and valid_from <= as_of_on and valid_to > as_of_on
),

portfolio as (
    select portfolio.*
    from {{ rows_of('fct_portfolio_as_of', 'as_of_on') }} as portfolio
    inner join readings on readings.counts_promotional = portfolio.counts_promotional
),

whole as (
    select outstanding_amount, outstanding_borrowers_count, largest_borrower_amount, top_ten_borrowers_amount
    from portfolio
    where segment_kind = 'total'
),

-- Squares are of cents.
borrowers as (
    select sum({{ cents('outstanding_amount') }} * {{ cents('outstanding_amount') }}) as squares
    from portfolio
    where segment_kind = 'borrower' and outstanding_amount > 0
),

lenders as (
    select position.lender_id, {{ cents('sum(position.position_amount)') }} as held
    from {{ rows_of('ldg_positions_as_of', 'as_of_on') }} as position
    inner join {{ ref('ldg_loans') }} as loan on loan.loan_id = position.loan_id
    inner join readings on readings.counts_promotional or not loan.is_promotional
    group by position.lender_id
    having sum(position.position_amount) > 0
),

-- From the smallest on, each position is weighted by the number before it less the number after it.
unequal as (
    select count(*) as lenders_count, sum(held) as held, sum((2 * place_no - everybody_count - 1) * held) as weighed
    from (select held, row_number() over (order by held, lender_id) as place_no, count(*) over () as everybody_count from lenders)
),

measured as (
    {%- for name, column in (('largest_borrower_share', 'largest_borrower_amount'), ('top_ten_borrowers_share', 'top_ten_borrowers_amount')) %}
    select '{{ name }}' as measure_code, outstanding_borrowers_count as people_count, {{ cents(column) }} as part,
        {{ cents('outstanding_amount') }} as whole, 1 as scale, 2 as digits
    from whole
    union all
    {%- endfor %}
    select 'borrower_hhi', whole.outstanding_borrowers_count, {{ as_whole('borrowers.squares') }},
        {{ cents('whole.outstanding_amount') }} * {{ cents('whole.outstanding_amount') }}, 10000, 4
    from whole
    cross join borrowers
    union all
    select 'lender_gini', lenders_count, {{ as_whole('weighed') }}, {{ as_whole('lenders_count * held') }}, 1, 2 from unequal
)

select
    measured.measure_code,
    measured.people_count,
    case
        when measured.people_count >= smallest.people_count and measured.whole > 0
            then {{ shown(rounded_quotient('measured.part * measured.scale * 1000000', 'measured.whole'), 6) }}
    end as value,
    {%- for name, column in (('part', 'numerator'), ('whole', 'denominator')) %}
    case measured.digits when 2 then {{ shown('measured.' ~ name, 2) }} else {{ shown('measured.' ~ name, 4) }} end as {{ column }}{{ ',' if name == 'part' }}
    {%- endfor %}
from measured
cross join smallest
