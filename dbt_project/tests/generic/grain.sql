{# The grain of a table: its columns are never null and never occur twice together. One scan for both. One row per key that breaks it. #}
{% test grain(model, columns) %}
select {{ columns | join(', ') }}, count(*) as rows_count
from {{ model }}
group by {{ columns | join(', ') }}
having count(*) > 1 {% for column in columns %} or {{ column }} is null {% endfor %}
{% endtest %}
