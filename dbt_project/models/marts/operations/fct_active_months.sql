{{ config(materialized='incremental', incremental_strategy='append', pre_hook="{{ forget_changed_months() }}") }}
{%- set days = ref('rpt_operations_days') -%}
{%- set on_usual = 'filter (where not is_promotional)' %}
-- Months in which a person was active, as lender or borrower: first and last day of each, and the previous month in which they were; and
-- the same without promotional loans (usual_…, null where there was nothing else). This shows who is new, returns, or was active in the
-- thirty days before any day. Grain: one row per is_lender, user_id and month_on.
with
active as (
    select
        is_lender,
        user_id,
        date_trunc('month', day_on)::date as month_on,
        min(day_on) as first_on,
        max(day_on) as last_on,
        min(day_on) {{ on_usual }} as usual_first_on,
        max(day_on) {{ on_usual }} as usual_last_on
    from {{ ref('fct_active_days') }}
    {%- if is_incremental() %}
    where day_on >= (select date_trunc('month', min(changed.affected_from))::date from {{ days }} as changed)
    {%- endif %}
    group by all
),

-- The newest month in which the person was active before.
known as (
    {% if is_incremental() -%}
    select is_lender, user_id, max(month_on) as month_on, max(case when usual_first_on is not null then month_on end) as usual_month_on
    from {{ this }}
    group by is_lender, user_id
    {%- else -%}
    select null::boolean as is_lender, null::bigint as user_id, null::date as month_on, null::date as usual_month_on
    where false
    {%- endif %}
),

ordered as (
    select
        *,
        lag(month_on) over months as previous_month_on,
        max(case when usual_first_on is not null then month_on end) over (
            partition by is_lender, user_id order by month_on rows between unbounded preceding and 1 preceding
        ) as usual_previous_month_on
    from active
    window months as (partition by is_lender, user_id order by month_on)
)

select
    ordered.is_lender,
    ordered.user_id,
    ordered.month_on,
    ordered.first_on,
    ordered.last_on,
    coalesce(ordered.previous_month_on, known.month_on) as previous_month_on,
    ordered.usual_first_on,
    ordered.usual_last_on,
    coalesce(ordered.usual_previous_month_on, known.usual_month_on) as usual_previous_month_on
from ordered
left join known on known.is_lender = ordered.is_lender and known.user_id = ordered.user_id
