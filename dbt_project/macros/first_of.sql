{# When a user first did something, from rows that never change: a later build holds new rows against what it knew. `happened` is the column of
   `rows` that says when, `known_as` its name in the model. Grain: one row a user_id. #}
{% macro first_of_each_user(rows, happened, known_as, condition) -%}
with
arrived as (
    select user_id, {{ happened }} as {{ known_as }}
    from {{ rows }}
    where {{ condition }} and _load_seq > {{ seen_load_seq() }}
),

candidates as (
    select * from arrived
    {% if is_incremental() -%}
    union all by name
    select known.* from {{ this }} as known
    where exists (select 1 from arrived where arrived.user_id = known.user_id)
    {%- endif %}
)

select user_id, min({{ known_as }}) as {{ known_as }}
from candidates
group by user_id
{%- endmacro %}
