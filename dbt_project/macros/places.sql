{# Combinations of segments by number, for models that group many rows by them. #}

{# Common table expressions `places` and `placed_listings`: the combinations of deed_columns by number, with all deed_kinds and each segment
   as the number of the first combination that has it; and the number of each listing. To group by numbers takes a third of the time that it
   takes to group by names. `relations` have the combinations, `products` the kinds that the product decides. #}
{% macro numbered_places(relations) %}
{%- set columns = deed_columns() | join(', ') -%}
products as (
    select product_id::varchar as product, operating_mode, security_kind as security, repayment_method
    from {{ ref('stg_products') }}
    where deleted_at is null
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

{# Whether two rows have the same combination of deed_columns, which are never null. #}
{% macro same_place(one, other) -%}
    {% for column in deed_columns() %}{{ one }}.{{ column }} = {{ other }}.{{ column }}{{ ' and ' if not loop.last }}{% endfor %}
{%- endmacro %}
