{# Amounts and counts of all parts add up to those of the whole, which stands in a row of its own ('all' in the column `part`). Rows are those of `where`. One
   whose whole is not known has nothing to add up to. A row: a whole from which its parts differ, in whichever column. #}
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
