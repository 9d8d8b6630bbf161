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

people as {{ found_once() }} (
    {{ people_in_segments() }}
),

{{ numbered_backgrounds('people', 'user_id') }},

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

-- What people did on the days that are watched.
doings as {{ found_once() }} (
    select
        deed.is_lender, deed.user_id, deed.day_on, deed.has_invested, watched.is_present, watched.is_active, watched.is_of_month, place.place_no
    from {{ ref('fct_active_days') }} as deed
    inner join watched_days as watched on watched.day_on = deed.day_on
    inner join readings on readings.counts_promotional or not deed.is_promotional
    inner join places as place on {{ same_place('place', 'deed') }}
),

months as (
    select
        month.is_lender, month.user_id, month.month_on,
        case when readings.counts_promotional then month.first_on else month.usual_first_on end as first_on,
        case when readings.counts_promotional then month.previous_month_on else month.usual_previous_month_on end as previous_month_on
    from {{ ref('fct_active_months') }} as month
    cross join readings
    where month.month_on = date_trunc('month', as_of_on)::date
),

-- Few people begin or return. A person is new on the first day of the month, returns on each, and invests for the first time on one day.
beginnings as (
    select
        is_lender, user_id, first_on,
        case when previous_month_on is null then first_on else as_of_on::date end as last_on,
        case when previous_month_on is null then {{ bits.is_new }} else {{ bits.is_returning }} end as states_no
    from months
    where previous_month_on is null or previous_month_on < month_on - interval 1 month
    union all
    select true, user_id, first_on, first_on as last_on, {{ bits.is_first_investment }}
    from (
        select first.user_id, case when readings.counts_promotional then first.first_on else first.usual_first_on end as first_on
        from first_investments as first
        cross join readings
    ) as investment
    where first_on between date_trunc('month', as_of_on)::date and as_of_on
),

acts as (
    select
        is_lender, user_id, place_no,
        {{ if_so('is_present', bits.is_present) }} + {{ if_so('is_active', bits.is_active) }}
            + {{ if_so('is_of_month and has_invested', bits.is_month_lender) }} as states_no
    from doings
    union all
    select doing.is_lender, doing.user_id, doing.place_no, beginning.states_no
    from beginnings as beginning
    inner join doings as doing
        on doing.is_lender = beginning.is_lender and doing.user_id = beginning.user_id and doing.day_on between beginning.first_on and beginning.last_on
    where doing.is_of_month and (doing.has_invested or beginning.states_no <> {{ bits.is_first_investment }})
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
        coalesce({{ person_kinds() | join(', ') }}, 'all'), is_lender, states_no, sum(people_count)
    from (
        select part.is_lender, part.states_no, part.people_count{% for kind in person_kinds() %}, coalesce(background.{{ kind }}, 'none') as {{ kind }}{% endfor %}
        from (
            select persons.is_lender, persons.states_no, numbered.background_no, count(*) as people_count
            from persons
            left join numbered_people as numbered on numbered.user_id = persons.user_id
            group by persons.is_lender, persons.states_no, numbered.background_no
        ) as part
        left join backgrounds as background on background.background_no = part.background_no
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
