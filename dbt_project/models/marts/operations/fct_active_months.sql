{{ config(materialized='incremental', incremental_strategy='append', pre_hook="{{ forget_changed_months() }}") }}
{%- set days = ref('rpt_operations_days') -%}
-- Months in which a person was active, as lender or borrower, with promotional loans and without: first and last day of each, and the month before in
-- which they were. Who is new, returns, or was active in the thirty days before any day follows from it. Grain: one row a counts_promotional, is_lender,
-- user_id and month_on.
with
population as (
    select false as counts_promotional
    union all
    select true
),

doings as (
    select user_id, date_trunc('month', day_on)::date as month_on, is_lender, is_promotional, min(day_on) as first_on, max(day_on) as last_on
    from (
        {{ doings() | indent(8) }}
    )
    where day_on is not null
    {%- if is_incremental() %}
        and day_on >= (select date_trunc('month', min(changed.affected_from))::date from {{ days }} as changed)
    {%- endif %}
    group by all
),

active as (
    select
        population.counts_promotional, doing.is_lender, doing.user_id, doing.month_on,
        min(doing.first_on) as first_on,
        max(doing.last_on) as last_on
    from doings as doing
    inner join population on population.counts_promotional or not doing.is_promotional
    group by population.counts_promotional, doing.is_lender, doing.user_id, doing.month_on
)
{%- if is_incremental() %},

known as (
    select counts_promotional, is_lender, user_id, max(month_on) as month_on
    from {{ this }}
    group by counts_promotional, is_lender, user_id
)

select
    active.*,
    coalesce(lag(active.month_on) over (partition by active.counts_promotional, active.is_lender, active.user_id order by active.month_on), known.month_on)
        as previous_month_on
from active
left join known
    on known.counts_promotional = active.counts_promotional and known.is_lender = active.is_lender and known.user_id = active.user_id
{%- else %}

select
    *,
    lag(month_on) over (partition by counts_promotional, is_lender, user_id order by month_on) as previous_month_on
from active
{%- endif %}
