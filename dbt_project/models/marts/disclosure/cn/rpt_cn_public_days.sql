{{ config(materialized='table', database='working') }}
-- The days of rpt_cn_days, and which of them this build computes of what the public is told of groups of people: those, and the days from which on
-- something else is known of somebody who had borrowed or lent by then. Grain: one row a day_on.
{%- set is_full, people, known_users = is_full_build(), ref('ldg_users'), previous('ldg_users') %}
with
changed as (
    {% if is_full -%}
    select null::bigint as user_id where false
    {%- else -%}
    select person.user_id
    from {{ people }} as person
    left join {{ known_users }} as known on known.user_id = person.user_id
    where person._load_seq > {{ seen_load_seq() }}
        and {{ differ('person', 'known', ['user_kind', 'province_code', 'industry_code', 'income_band']) }}
    {%- endif %}
),

affected as (
    select min(first.first_on) as affected_from
    from (
        select loan.disbursed_on as first_on
        from {{ ref('ldg_loans') }} as loan
        inner join changed on changed.user_id = loan.borrower_id
        union all
        select least(start.lent_from, start.promotional_lent_from)
        from {{ ref('ldg_lender_starts') }} as start
        inner join changed on changed.user_id = start.lender_id
    ) as first
)

select
    days.day_on,
    days.is_month_end,
    days.must_compute or days.day_on >= coalesce(affected.affected_from, {{ open_end() }}) as must_compute
from {{ ref('rpt_cn_days') }} as days
cross join affected
