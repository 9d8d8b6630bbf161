{{ config(materialized='table_function', parameters=['as_of_on']) }}
-- A row: costs up to the day that are booked under a channel or campaign which no rule and no record knows.
{% for part in ['channel', 'campaign'] %}
select 'cost ' || unknown_{{ part }}s as entity, '{{ part }}' as field, sum(cost_amount)::varchar as masked_value,
    sum(cost_amount) || ' of ' || cost_kind || ' is booked under ' || unknown_{{ part }}s || ', which '
    || '{{ 'no rule knows' if part == 'channel' else 'is not known' }}' as message
from {{ ref('fct_channel_costs') }}
where cost_on <= as_of_on and unknown_{{ part }}s is not null
group by cost_kind, unknown_{{ part }}s
{{ 'union all' if not loop.last }}
{%- endfor %}
