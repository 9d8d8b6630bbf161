{# Combinations of segments by number, for models that group many rows by them. #}

{# Common table expressions `places` and `placed_listings`: the combinations of deed_columns by number, with all deed_kinds and each segment
   as the number of the first combination that has it; and the number of each listing. To group by numbers takes a third of the time that it
   takes to group by names. `relations` have the combinations, `products` the kinds that the product decides. #}
{% macro numbered_places(relations) %}
{%- set columns = deed_columns() | join(', ') -%}
products as (
    select product_id::varchar as product, operating_mode, security_kind as security, repayment_method
    from {{ ref('stg_products') }}
),

places as {{ found_once() }} (
    select
        *
        {%- for kind in deed_kinds() %},
        min(place_no) over (partition by {{ kind }}) as {{ kind }}_no
        {%- endfor %}
    from (
        select
            named.*,
            row_number() over (order by named.{{ deed_columns() | join(', named.') }}) as place_no
            {%- for kind in product_kinds()[1:] %},
            coalesce(product.{{ kind }}, 'none') as {{ kind }}
            {%- endfor %}
        from (
            {%- for relation in relations %}
            select distinct {{ columns }} from {{ relation }}
            {{ 'union' if not loop.last }}
            {%- endfor %}
        ) as named
        left join products as product on product.product = named.product
    )
),

placed_listings as (
    select listing.loan_id, place.place_no
    from {{ ref('dim_listings') }} as listing
    inner join places as place on {{ same_place('place', 'listing') }}
)
{%- endmacro %}

{# Common table expressions `backgrounds` and `numbered_<relation>`: the combinations of person_kinds by number, and the number of each `key` of
   `relation`, which has these kinds, never null. #}
{% macro numbered_backgrounds(relation, key) %}
{%- set kinds = person_kinds() -%}
backgrounds as {{ found_once() }} (
    select named.*, row_number() over (order by named.{{ kinds | join(', named.') }}) as background_no
    from (select distinct {{ kinds | join(', ') }} from {{ relation }}) as named
),

numbered_{{ relation }} as (
    select named.{{ key }}, background.background_no
    from {{ relation }} as named
    inner join backgrounds as background
        on {% for kind in kinds %}background.{{ kind }} = named.{{ kind }}{{ ' and ' if not loop.last }}{% endfor %}
)
{%- endmacro %}

{# Whether two rows have the same combination of deed_columns, which are never null. #}
{% macro same_place(one, other) -%}
    {% for column in deed_columns() %}{{ one }}.{{ column }} = {{ other }}.{{ column }}{{ ' and ' if not loop.last }}{% endfor %}
{%- endmacro %}

{# Common table expressions, the last one called `placed`: people with several combinations, once in each segment of each kind, counted by
   their states there. `persons` has the people, `combined` their combinations with the states in each, and in one whole number
   (placed_states_no) the combination times `states_count` plus the states: the least and the greatest number of a person are the two
   combinations of the many people who have two. These are counted without an own row for each person and kind. #}
{% macro people_of_several_places(persons, combined, states_count) %}
{%- set kinds = deed_kinds() -%}
paired as (
    select
        is_lender,
        case{% for kind in kinds %} when {{ kind }}_no is not null then '{{ kind }}'{% endfor %} end as segment_kind,
        coalesce({{ kinds | join('_no, ') }}_no) as segment_no,
        -- Null where both combinations are in the same segment.
        coalesce(other_{{ kinds | join('_no, other_') }}_no) as other_segment_no,
        states_no,
        other_states_no,
        count(*) as people_count
    from (
        select
            pair.is_lender, pair.states_no, pair.other_states_no, place.{{ kinds | join('_no, place.') }}_no
            {%- for kind in kinds %},
            case when other.{{ kind }}_no <> place.{{ kind }}_no then other.{{ kind }}_no end as other_{{ kind }}_no
            {%- endfor %}
        from (
            select
                is_lender,
                {{ divided('least_placed_states_no', states_count) }} as place_no,
                least_placed_states_no % {{ states_count }} as states_no,
                {{ divided('greatest_placed_states_no', states_count) }} as other_place_no,
                greatest_placed_states_no % {{ states_count }} as other_states_no
            from {{ persons }}
            where combinations_count = 2
        ) as pair
        inner join places as place on place.place_no = pair.place_no
        inner join places as other on other.place_no = pair.other_place_no
    ) as pairs
    group by grouping sets (
        {%- for kind in kinds %}
        (is_lender, states_no, other_states_no, {{ kind }}_no, other_{{ kind }}_no){{ ',' if not loop.last }}
        {%- endfor %}
    )
),

placed as (
    select
        segment_kind,
        segment_no,
        is_lender,
        -- What holds in either combination is added once.
        case when other_segment_no is null then states_no + other_states_no - (states_no & other_states_no) else states_no end as states_no,
        people_count
    from paired
    union all
    select segment_kind, other_segment_no, is_lender, other_states_no, people_count
    from paired
    where other_segment_no is not null
    union all
    select segment_kind, segment_no, is_lender, states_no, count(*)
    from (
        select
            is_lender,
            case{% for kind in kinds %} when {{ kind }}_no is not null then '{{ kind }}'{% endfor %} end as segment_kind,
            coalesce({{ kinds | join('_no, ') }}_no) as segment_no,
            bit_or(states_no) as states_no
        from (
            select part.is_lender, part.user_id, part.states_no, place.{{ kinds | join('_no, place.') }}_no
            from {{ combined }} as part
            inner join {{ persons }} as person
                on person.is_lender = part.is_lender and person.user_id = part.user_id and person.combinations_count > 2
            inner join places as place on place.place_no = part.place_no
        ) as parts
        group by grouping sets ({% for kind in kinds %}(is_lender, user_id, {{ kind }}_no){{ ', ' if not loop.last }}{% endfor %})
    ) as many
    group by segment_kind, segment_no, is_lender, states_no
)
{%- endmacro %}
