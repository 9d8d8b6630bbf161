{# When a user first did each of several things, from rows that never change: a later build holds new rows against what it knew. `happened` is the
   column of `rows` that says when, `firsts` the columns of the model with the condition on rows that count for each. Grain: one row a user_id. #}
{% macro first_of_each_user(rows, happened, firsts) -%}
with
arrived as (
    select
        user_id
        {%- for name, condition in firsts.items() %},
        min({{ happened }}) filter ({{ condition }}) as {{ name }}
        {%- endfor %}
    from {{ rows }}
    where _load_seq > {{ seen_load_seq() }} and ({{ firsts.values() | join(' or ') }})
    group by user_id
){% if is_incremental() %},

candidates as (
    select * from arrived
    union all
    select known.user_id{% for name in firsts %}, known.{{ name }}{% endfor %}
    from {{ this }} as known
    where exists (select 1 from arrived where arrived.user_id = known.user_id)
)

select
    user_id
    {%- for name in firsts %},
    min({{ name }}) as {{ name }}
    {%- endfor %}
from candidates
group by user_id
{%- else %}

select * from arrived
{%- endif %}
{%- endmacro %}
