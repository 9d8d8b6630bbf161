{# When a user first did each of several things, from rows that never change: a later build compares new rows with what was known.
   `happened` is the column of the append table with the time, `firsts` maps the columns of the model to the condition on the rows that
   count. Grain: one row per user_id. #}
{% macro first_of_each_user(table_name, happened, firsts) -%}
{%- set rows, is_anew = ref('stg_' ~ table_name), has_tombstones(table_name) or not is_incremental() -%}
{{- config(
    materialized='incremental', incremental_strategy='delete+insert', unique_key=['user_id'],
    pre_hook="{{ forget_all_where_gone('" ~ table_name ~ "') }}"
) -}}
with
arrived as (
    select
        user_id
        {%- for name, condition in firsts.items() %},
        min({{ happened }}) filter ({{ condition }}) as {{ name }}
        {%- endfor %}
    from {{ rows }}
    where {{ '' if is_anew else '_load_seq > ' ~ seen_load_seq() ~ ' and ' }}({{ firsts.values() | join(' or ') }})
    group by user_id
){% if not is_anew %},

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
