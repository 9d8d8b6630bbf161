{{ config(materialized='table_function', parameters=['as_of_on']) }}
-- One row per arithmetic relation between the figures of the day that does not hold.
with
-- The macro's argument has the name of a column, so the day is passed under another name.
asked as (select as_of_on::date as asked_on),

figures as (
    select stored.* from {{ ref('rpt_cn_figures') }} as stored
    inner join asked on stored.as_of_on = asked.asked_on
),

wide as (
    select
        {%- for code in ['A03', 'A04', 'A05', 'A10', 'A11', 'A14', 'A15', 'A17', 'B01', 'B02', 'B03', 'B04', 'B05', 'B06', 'B07', 'B08'] %}
        max(value) filter (where code = 'CN-{{ code }}') as {{ code | lower }},
        max(numerator) filter (where code = 'CN-{{ code }}') as {{ code | lower }}_numerator{{ ',' if not loop.last }}
        {%- endfor %}
    from figures
),

interest_only as (
    select count(*) as loans_count
    from {{ rows_of('rpt_cn_scope_as_of', 'as_of_on') }}
    where outstanding_amount <= 0 and (interest_outstanding_amount > 0 or overdue_amount > 0)
),

relations as (
    select {{ row_each([
        "{'code': 'CN-B01', 'shown': b01, 'holds': b03_numerator + b04_numerator + b05_numerator = b01_numerator,
            'message': 'graded rates by number do not add up to the overdue rate'}",
        "{'code': 'CN-B02', 'shown': b02, 'holds': b06_numerator + b07_numerator + b08_numerator = b02_numerator,
            'message': 'graded rates by amount do not add up to the overdue rate'}",
        "{'code': 'CN-A15', 'shown': a15, 'holds': a15 <= a04 + interest_only.loans_count,
            'message': 'more loans overdue than outstanding or owing interest'}",
        "{'code': 'CN-A17', 'shown': a17, 'holds': a17 <= a15, 'message': 'more loans overdue more than 90 days than overdue'}",
        "{'code': 'CN-A14', 'shown': a14, 'holds': a14 <= a03 + a05, 'message': 'more overdue than outstanding'}",
        "{'code': 'CN-A10', 'shown': a10, 'holds': coalesce(a10 >= a11, true), 'message': 'the ten largest owe less than the largest'}"
    ]) }}
    from wide
    cross join interest_only
)

select 'figure ' || relation.code as entity, 'value' as field, relation.shown::varchar as masked_value, relation.message
from relations as relation
where not relation.holds
union all
-- Rounding may change at most half a unit of the last place; both sides are multiplied out.
select 'figure ' || code, 'value', value::varchar, 'is not ' || numerator || ' / ' || denominator
from figures
where value is not null and denominator is not null and denominator <> 0
    and abs({{ divided(eighths('value') ~ ' * ' ~ eighths('denominator'), '100000000') }}
        - {{ eighths('numerator') }} * case when unit = '%' then 100 else 1 end)
        > {{ divided('abs(' ~ eighths('denominator') ~ ')', '2 * ' ~ ten_to_the('decimals')) }} + 1
union all
-- Before the first stored day nothing was lent, and every figure of it is 0 or none.
select 'figures of ' || asked.asked_on, 'as_of_on', asked.asked_on::varchar, 'no figures are stored for the day, so that nothing of it can be proved'
from asked
where not exists (select 1 from {{ ref('rpt_cn_figures') }} as stored where stored.as_of_on = asked.asked_on)
    and exists (select 1 from {{ ref('rpt_cn_figures') }} as stored where stored.as_of_on < asked.asked_on)
