{{ config(materialized='table_function', parameters=['as_of_on']) }}
-- What lenders are still to receive in the 7, 30 and 90 days after a day, in total and by segment, as the home regime counts it: the one
-- definition for the stored month ends, the latest day and any day asked for. Grain: one row per segment_kind and segment_id.
{#- Instalments are added up by the two combinations of segments of their loans, which are few, and these by segment. -#}
{%- set sums = 'sum(due_7_amount) as due_7_amount, sum(due_30_amount) as due_30_amount, sum(due_90_amount) as due_90_amount' %}
with
readings as (
    {{ home_readings() }}
),

listings as {{ found_once() }} (
    select listing.*, coalesce(borrower.channel, 'none') as channel
    from {{ ref('dim_listings') }} as listing
    left join {{ ref('fct_registrations') }} as borrower on borrower.user_id = listing.borrower_id
),

{{ numbered_places([ref('dim_listings')]) }},

{{ numbered_backgrounds('listings', 'loan_id') }},

-- Found before what is owed, which has many rows of each listing.
numbered as {{ found_once() }} (
    select listing.loan_id, listing.is_promotional, place.place_no, background.background_no
    from listings as listing
    inner join placed_listings as place on place.loan_id = listing.loan_id
    inner join numbered_listings as background on background.loan_id = listing.loan_id
),

falling as {{ found_once() }} (
    select listing.place_no, listing.background_no, owed.due_7_amount, owed.due_30_amount, owed.due_90_amount
    from (
        {{ falling_due() | indent(8) }}
    ) as owed
    inner join numbered as listing on listing.loan_id = owed.loan_id
    inner join readings on readings.counts_promotional or not listing.is_promotional
),

by_place as {{ found_once() }} (
    select place_no, {{ sums }}
    from falling
    group by place_no
),

by_background as {{ found_once() }} (
    select background_no, {{ sums }}
    from falling
    group by background_no
)

{% for kind in deed_kinds() + person_kinds() -%}
{%- set combination = 'place' if kind in deed_kinds() else 'background' -%}
select '{{ kind }}' as segment_kind, named.{{ kind }} as segment_id, {{ sums }}
from by_{{ combination }} as part
inner join {{ combination }}s as named on named.{{ combination }}_no = part.{{ combination }}_no
group by named.{{ kind }}
union all
{% endfor -%}
-- The total has a row even where nothing falls due.
select 'total', 'all', coalesce(sum(due_7_amount), 0), coalesce(sum(due_30_amount), 0), coalesce(sum(due_90_amount), 0)
from by_place
