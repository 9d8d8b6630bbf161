{{ config(materialized='table') }}
-- Who borrows and who lends, by month end: people who had ever done so by then, in total and by what is said of them. What is said of a
-- person is decided once, with all who came in the same month (rpt_cn_public_borrowers, rpt_cn_public_lenders), so every number here, and
-- every difference of two, is of whole groups. People of whom nothing is said are counted as not_said. Grain: one row per as_of_on,
-- people_kind, segment_kind and segment_code.
{% set kinds = ['user_kind', 'province_code', 'industry_code', 'income_band'] %}
with
wholes as (
    select as_of_on, case when code = 'CN-A07' then 'borrower' else 'lender' end as people_kind, value::bigint as people_count
    from {{ ref('rpt_cn_figures') }}
    where code in ('CN-A06', 'CN-A07') and is_month_end and value is not null
),

people as (
    select 'borrower' as people_kind, first_shown_on, {{ kinds | join(', ') }} from {{ ref('rpt_cn_public_borrowers') }}
    union all
    select 'lender', first_shown_on, user_kind, province_code, null, income_band from {{ ref('rpt_cn_public_lenders') }}
),

came as (
    {% for kind in kinds -%}
    select people_kind, '{{ kind }}' as segment_kind, {{ kind }} as segment_code, first_shown_on, count(*) as people_count
    from people
    where {{ kind }} is not null
    group by people_kind, {{ kind }}, first_shown_on
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

said as (
    select wholes.as_of_on, came.people_kind, came.segment_kind, came.segment_code, sum(came.people_count) as people_count
    from wholes
    inner join came on came.people_kind = wholes.people_kind and came.first_shown_on <= wholes.as_of_on
    group by wholes.as_of_on, came.people_kind, came.segment_kind, came.segment_code
),

kinds as (
    {% for people_kind, of_them in [('borrower', kinds), ('lender', kinds | reject('equalto', 'industry_code') | list)] -%}
    {% set last = loop.last -%}
    {% for kind in of_them -%}
    select '{{ people_kind }}' as people_kind, '{{ kind }}' as segment_kind
    {{ 'union all' if not (last and loop.last) }}
    {% endfor %}
    {%- endfor %}
),

told as (
    select as_of_on, people_kind, 'total' as segment_kind, 'all' as segment_code, people_count from wholes
    union all
    select * from said
    union all
    select wholes.as_of_on, wholes.people_kind, kinds.segment_kind, 'not_said', max(wholes.people_count) - coalesce(sum(said.people_count), 0)
    from wholes
    inner join kinds on kinds.people_kind = wholes.people_kind
    left join said
        on said.as_of_on = wholes.as_of_on and said.people_kind = wholes.people_kind and said.segment_kind = kinds.segment_kind
    group by wholes.as_of_on, wholes.people_kind, kinds.segment_kind
)

select
    as_of_on,
    people_kind,
    segment_kind,
    segment_code,
    people_count::bigint as people_count,
    (people_count - coalesce(lag(people_count) over (partition by people_kind, segment_kind, segment_code order by as_of_on), 0))::bigint
        as people_change_count
from told
