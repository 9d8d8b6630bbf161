{# What may be said of people in public: only what at least the minimum number of people share, and nothing by which the others stand out.
   docs/decisions/0017 explains why no more can be inferred from what is published about groups. #}

{# A common table expression `smallest`: the minimum size of a group of each cohort of `people`, by the regime's threshold on the cohort's
   day. Of a cohort from before the first threshold nothing is said. #}
{% macro smallest_groups(regime, people='people') %}
smallest as (
    select cohort.cohort_on, {{ in_force('threshold.value') }} as group_count
    from (select distinct cohort_on from {{ people }}) as cohort
    inner join {{ ref(regime ~ '_thresholds') }} as threshold
        on threshold.threshold_code = 'minimum_group_count' and threshold.valid_from <= cohort.cohort_on
    group by cohort.cohort_on
)
{%- endmacro %}

{# Common table expressions, the last one called `<name>`: people_id, cohort_on and `columns` (finest last), as far as they may be said.

   `people` has these columns, one row per person and cohort. `smallest` has the minimum number of people per cohort (smallest_groups). In
   each cohort a person's columns are shown only where at least this many people share all values that are shown; else the finest column is
   left out, then the next. Each step counts only people whom no finer step shows, so that no group of the rows is smaller than the minimum.
   The people of whom nothing can be said could themselves be a small group that the values of all others reveal: if they are too few, the
   smallest group is left out with them. #}
{% macro said_of_groups(name, people, columns) %}
{%- set count = columns | length -%}
{{ name }}_left_0 as (select people_id, cohort_on, {{ columns | join(', ') }} from {{ people }}),

{% for level in range(count) -%}
{%- set said = columns[:count - level] -%}
{{ name }}_counted_{{ level }} as {{ found_once() }} (
    select
        left_over.*,
        coalesce(count(*) over (partition by left_over.cohort_on, {{ said | join(', ') }}) >= smallest.group_count, false) as is_said
    from {{ name }}_left_{{ level }} as left_over
    left join smallest on smallest.cohort_on = left_over.cohort_on
),

{{ name }}_left_{{ level + 1 }} as (
    select people_id, cohort_on, {{ columns | join(', ') }} from {{ name }}_counted_{{ level }} where not is_said
),

{% endfor -%}
{{ name }}_each as (
    {% for level in range(count + 1) -%}
    select
        people_id,
        cohort_on
        {%- for column in columns %},
        {{ column if loop.index <= count - level else 'null::varchar' }} as {{ column }}
        {%- endfor %}
    from {{ name ~ '_counted_' ~ level ~ ' where is_said' if level < count else name ~ '_left_' ~ count }}
    {%- if not loop.last %}
    union all
    {% endif %}
    {%- endfor %}
),

{{ name }}_named as {{ found_once() }} (
    select
        *,
        coalesce({{ columns | join(', ') }}) is not null as has_said,
        {% for column in columns %}coalesce({{ column }}, '') || '|'{{ ' || ' if not loop.last }}{% endfor %} as group_name
    from {{ name }}_each
),

{{ name }}_groups as {{ found_once() }} (
    select cohort_on, has_said, group_name, count(*) as people_count
    from {{ name }}_named
    group by cohort_on, has_said, group_name
),

{{ name }}_least as (
    select
        cohort_on,
        coalesce(sum(people_count) filter (where not has_said), 0) as left_count,
        min(people_count) filter (where has_said) as least_count
    from {{ name }}_groups
    group by cohort_on
),

{{ name }}_first as (
    select least.cohort_on, least.left_count, min(one.group_name) as group_name
    from {{ name }}_least as least
    inner join {{ name }}_groups as one on one.cohort_on = least.cohort_on and one.has_said and one.people_count = least.least_count
    group by least.cohort_on, least.left_count
),

{{ name }} as {{ found_once() }} (
    select
        one.people_id,
        one.cohort_on
        {%- for column in columns %},
        case
            when one.group_name = first_group.group_name and first_group.left_count between 1 and smallest.group_count - 1 then null
            else one.{{ column }}
        end as {{ column }}
        {%- endfor %}
    from {{ name }}_named as one
    left join {{ name }}_first as first_group on first_group.cohort_on = one.cohort_on
    left join smallest on smallest.cohort_on = one.cohort_on
)
{%- endmacro %}

{# Common table expressions, the last one called `said`: people_id, cohort_on and `columns` of everyone in `seen` (people_id, cohort_on,
   is_promotional), as far as they may be said. Decided once, on the first day on which a person is seen, from what was first known of the
   person, in the population of the regime's reading on that day. #}
{% macro said_when_first_seen(regime, seen, columns) %}
firsts as (
    select seen.people_id, min(seen.cohort_on) as cohort_on
    from {{ seen }} as seen
    inner join {{ ref('dim_regime_readings') }} as readings
        on readings.regime = '{{ regime }}' and readings.valid_from <= seen.cohort_on and readings.valid_to > seen.cohort_on
            and (readings.counts_promotional or not seen.is_promotional)
    group by seen.people_id
),

people as (
    select firsts.people_id, firsts.cohort_on, {{ columns | join(', ') }}
    from firsts
    left join {{ ref('ldg_users_as_first_known') }} as known on known.user_id = firsts.people_id
),

{{ smallest_groups(regime) }},

{{ said_of_groups('said', 'people', columns) }}
{%- endmacro %}

{# A query of the amounts of a month, in total and by each of `columns`, by whole groups: from `facts` (people_id, cohort_on, amount) and
   what `shown` (said_of_groups) says of their people. Columns as_of_on, segment_kind, segment_code and month_amount. #}
{% macro amounts_by_group(facts, shown, columns) -%}
{% for kind in ['total'] + columns -%}
select
    fact.cohort_on as as_of_on,
    '{{ kind }}' as segment_kind,
    {{ "'all'" if kind == 'total' else "coalesce(person." ~ kind ~ ", 'not_said')" }} as segment_code,
    sum(fact.amount)::decimal(38, 2) as month_amount
from {{ facts }} as fact
inner join {{ shown }} as person on person.people_id = fact.people_id and person.cohort_on = fact.cohort_on
group by fact.cohort_on{{ ", coalesce(person." ~ kind ~ ", 'not_said')" if kind != 'total' }}
{{ 'union all' if not loop.last }}
{% endfor %}
{%- endmacro %}
