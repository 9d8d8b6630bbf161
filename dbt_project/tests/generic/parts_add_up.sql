{# Amounts and counts of all parts add up to those of the whole, which has a row of its own ('all' in the column `part`). Only rows of
   `where` count. A whole that is not known is not checked. One row per whole that differs from the sum of its parts in any column. #}
{% test parts_add_up(model, part, keys, columns, where='true') %}
select {{ keys | join(', ') }}
from {{ model }}
where {{ where }}
group by {{ keys | join(', ') }}
having count(*) filter (where {{ part }} = 'all') <> 1 or (
    {%- for column in columns %}
    (count(*) = count({{ column }}) and sum(case when {{ part }} = 'all' then {{ column }} else -{{ column }} end) <> 0) {{- ' or' if not loop.last }}
    {%- endfor %}
)
{% endtest %}
