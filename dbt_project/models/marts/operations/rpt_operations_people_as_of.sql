{{ config(materialized='table_function', parameters=['as_of_on']) }}
-- The people behind the operating figures of a day: who came, was active or returned in the month up to it, on the day, or in the thirty
-- days up to it, as lender or as borrower, as the home regime counts them. Grain: one row per user_id and is_lender.
{%- set columns = ['first_investment', 'month_lender', 'first_loan', 'new', 'present', 'active', 'returning'] %}
with
readings as (
    {{ home_readings() }}
),

{{ active_people() }},

{{ people_who_came() }},

told as (
    select
        came.user_id,
        came.people_kind <> 'new_borrowers' as is_lender,
        {{ if_so("came.people_kind = 'new_lenders'") }} as first_investment_count,
        {{ if_so("came.people_kind = 'active_lenders'") }} as month_lender_count,
        {{ if_so("came.people_kind = 'new_borrowers'") }} as first_loan_count,
        0 as new_count, 0 as present_count, 0 as active_count, 0 as returning_count
    from came
    inner join readings on readings.counts_promotional = came.counts_promotional
    where came.people_kind <> 'registrations' and {{ is_in_month('came.day_on') }}
    union all
    select user_id, is_lender, 0, 0, 0, {{ if_so('is_new') }}, 0, {{ if_so('is_active') }}, {{ if_so('is_returning') }} from active
    union all
    select distinct doing.user_id, true, 0, 0, 0, 0, 1, 0, 0
    from (
        {{ lender_doings() | indent(8) }}
    ) as doing
    inner join readings on readings.counts_promotional or not doing.is_promotional
    where doing.day_on = as_of_on
)

select
    user_id,
    is_lender
    {%- for name in columns %},
    sum({{ name }}_count)::bigint as {{ name }}_count
    {%- endfor %}
from told
group by user_id, is_lender
