{{ config(materialized='table_function', parameters=['as_of_on']) }}
-- How many people came, were active, returned or owe on a day, in total and by segment, as the home regime counts them. Province, industry
-- and channel are the person's own. For all other kinds a person counts once in each segment in which they did what is counted; a new
-- person, in the segments of their first day. So segments of these kinds do not add up to the total, which counts different people. Grain:
-- one row per segment_kind and segment_id.
{#- The state of a person is one whole number, one bit per condition: one boolean per condition costs three times as much where people are
    grouped by everything. -#}
{%- set bits = {
    'is_new': 1, 'is_present': 2, 'is_active': 4, 'is_returning': 8, 'is_month_lender': 16, 'is_first_investment': 32, 'is_first_loan': 64, 'is_owing': 128
} %}
{%- set states_count = 256 %}
{%- set told = {
    'first_lenders': (true, 'is_first_investment'), 'month_lenders': (true, 'is_month_lender'), 'first_borrowers': (false, 'is_first_loan'),
    'outstanding_borrowers': (false, 'is_owing')
} %}
{%- for state in ['new', 'present', 'active', 'returning'] %}
{%- do told.update({state ~ '_lenders': (true, 'is_' ~ state), state ~ '_borrowers': (false, 'is_' ~ state)}) %}
{%- endfor %}
with
readings as ({{ home_readings() }}),

people as (
    {{ people_in_segments() }}
),

{{ numbered_places([ref('fct_active_days'), ref('dim_listings')]) }},

-- The days of the month and of the thirty days, up to the day. Not named `days`: a query that calls this function may have a relation of
-- that name and pass a column of it as as_of_on.
watched_days as (
    select
        listed.day_on,
        listed.day_on = as_of_on as is_present,
        listed.day_on >= as_of_on - 29 as is_active,
        listed.day_on >= date_trunc('month', as_of_on)::date as is_of_month
    from (
        select series.day_on::date as day_on
        from (select unnest({{ days_from("least(date_trunc('month', as_of_on)::date, as_of_on - 29)", 'as_of_on') }}) as day_on) as series
    ) as listed
),

first_investments as (
    select deed.user_id, min(deed.day_on) as first_on, min(deed.day_on) filter (where not deed.is_promotional) as usual_first_on
    from {{ ref('fct_active_days') }} as deed
    inner join {{ ref('fct_registrations') }} as person on person.user_id = deed.user_id
    where deed.has_invested
    group by deed.user_id
),

first_loans as (
    select borrower_id, min(disbursed_on) as first_on, min(disbursed_on) filter (where not is_promotional) as usual_first_on
    from {{ ref('ldg_loans') }}
    group by borrower_id
),

-- What each day of a person was among all their days: the same for whichever day is asked for.
deeds as (
    select
        deed.is_lender, deed.user_id, deed.day_on, deed.is_promotional, deed.has_invested, place.place_no,
        month.month_on,
        month.first_on,
        month.previous_month_on,
        month.usual_first_on,
        month.usual_previous_month_on,
        first.first_on as first_invested_on,
        first.usual_first_on as usual_first_invested_on
    from {{ ref('fct_active_days') }} as deed
    inner join places as place on {{ same_place('place', 'deed') }}
    inner join {{ ref('fct_active_months') }} as month
        on month.is_lender = deed.is_lender and month.user_id = deed.user_id and month.month_on = date_trunc('month', deed.day_on)::date
    left join first_investments as first on first.user_id = deed.user_id and deed.has_invested
),

states as (
    select
        deed.is_lender,
        deed.user_id,
        deed.place_no,
        watched.is_present,
        watched.is_active,
        watched.is_of_month,
        deed.has_invested,
        deed.month_on,
        deed.day_on = case when readings.counts_promotional then deed.first_on else deed.usual_first_on end as is_first_of_month,
        case when readings.counts_promotional then deed.previous_month_on else deed.usual_previous_month_on end as previous_month_on,
        deed.day_on = case when readings.counts_promotional then deed.first_invested_on else deed.usual_first_invested_on end as is_first_investment
    from deeds as deed
    inner join watched_days as watched on watched.day_on = deed.day_on
    inner join readings on readings.counts_promotional or not deed.is_promotional
),

acts as (
    select
        is_lender,
        user_id,
        place_no,
        {{ if_so('is_of_month and is_first_of_month and previous_month_on is null', bits.is_new) }}
            + {{ if_so('is_present', bits.is_present) }}
            + {{ if_so('is_active', bits.is_active) }}
            + {{ if_so('is_of_month and previous_month_on < month_on - interval 1 month', bits.is_returning) }}
            + {{ if_so('is_of_month and has_invested', bits.is_month_lender) }}
            + {{ if_so('is_of_month and is_first_investment', bits.is_first_investment) }} as states_no
    from states
    union all
    select
        false, loan.borrower_id, listing.place_no,
        {{ if_so('loan.disbursed_on = case when readings.counts_promotional then first.first_on else first.usual_first_on end', bits.is_first_loan) }}
    from {{ ref('ldg_loans') }} as loan
    inner join watched_days as watched on watched.day_on = loan.disbursed_on and watched.is_of_month
    inner join readings on readings.counts_promotional or not loan.is_promotional
    inner join placed_listings as listing on listing.loan_id = loan.loan_id
    inner join first_loans as first on first.borrower_id = loan.borrower_id
    union all
    select false, loan.borrower_id, listing.place_no, {{ bits.is_owing }}
    from {{ rows_of('fct_loans_as_of', 'as_of_on') }} as loan
    inner join readings on readings.counts_promotional or not loan.is_promotional
    inner join placed_listings as listing on listing.loan_id = loan.loan_id
    where loan.outstanding_amount > 0
),

combined as {{ found_once() }} (
    select is_lender, user_id, place_no, bit_or(states_no) as states_no, place_no * {{ states_count }} + bit_or(states_no) as placed_states_no
    from acts
    group by is_lender, user_id, place_no
),

-- Each person once in the total. Most people have one combination of segments, and its state.
persons as {{ found_once() }} (
    select
        is_lender, user_id, bit_or(states_no) as states_no, count(*) as combinations_count, max(place_no) as place_no,
        min(placed_states_no) as least_placed_states_no, max(placed_states_no) as greatest_placed_states_no
    from combined
    group by is_lender, user_id
),

{{ people_of_several_places('persons', 'combined', states_count) }},

-- There are few combinations and few states: people who are equal in both are counted together, and the counts are added to the segments.
alike as (
    select is_lender, states_no, place_no, count(*) as people_count
    from persons
    where combinations_count = 1
    group by is_lender, states_no, place_no
),

counted as (
    select
        part.segment_kind,
        case part.segment_kind{% for kind in deed_kinds() %} when '{{ kind }}' then place.{{ kind }}{% endfor %} end as segment_id,
        part.is_lender, part.states_no, part.people_count
    from (
        select segment_kind, segment_no, is_lender, states_no, sum(people_count) as people_count
        from placed
        group by segment_kind, segment_no, is_lender, states_no
    ) as part
    inner join places as place on place.place_no = part.segment_no
    union all
    select
        case{% for kind in deed_kinds() %} when {{ kind }} is not null then '{{ kind }}'{% endfor %} end,
        coalesce({{ deed_kinds() | join(', ') }}), is_lender, states_no, sum(people_count)
    from (
        select alike.is_lender, alike.states_no, alike.people_count, place.{{ deed_kinds() | join(', place.') }}
        from alike
        inner join places as place on place.place_no = alike.place_no
    )
    group by grouping sets ({% for kind in deed_kinds() %}(is_lender, states_no, {{ kind }}){{ ', ' if not loop.last }}{% endfor %})
    union all
    select
        case{% for kind in person_kinds() %} when {{ kind }} is not null then '{{ kind }}'{% endfor %} else 'total' end,
        coalesce({{ person_kinds() | join(', ') }}, 'all'), is_lender, states_no, count(*)
    from (
        select persons.is_lender, persons.states_no{% for kind in person_kinds() %}, coalesce(people.{{ kind }}, 'none') as {{ kind }}{% endfor %}
        from persons
        left join people on people.user_id = persons.user_id
    ) as person
    group by grouping sets ((is_lender, states_no){% for kind in person_kinds() %}, (is_lender, states_no, {{ kind }}){% endfor %})
    union all
    select 'total', 'all', true, 0, 0
)

select
    segment_kind,
    segment_id
    {%- for name, (is_lender, state) in told.items() %},
    sum({{ if_so(('' if is_lender else 'not ') ~ 'is_lender and (states_no & ' ~ bits[state] ~ ') <> 0', 'people_count') }})::bigint as {{ name }}_count
    {%- endfor %}
from counted
group by segment_kind, segment_id
