{{ config(materialized='table_function', parameters=['as_of_on']) }}
-- One row per kind of cost and channel or campaign that no rule or record knows, with the costs booked under it up to the day.
{% for part in ['channel', 'campaign'] %}
select 'cost ' || unknown_{{ part }}s as entity, '{{ part }}' as field, sum(cost_amount)::varchar as masked_value,
    sum(cost_amount) || ' of ' || cost_kind || ' is booked under ' || unknown_{{ part }}s || ', which '
    || '{{ 'no rule knows' if part == 'channel' else 'is not known' }}' as message
from {{ ref('fct_channel_costs') }}
where cost_on <= as_of_on and unknown_{{ part }}s is not null
group by cost_kind, unknown_{{ part }}s
{{ 'union all' if not loop.last }}
{%- endfor %}
