{# Columns that always have a value, looked at in one scan. A row: a row in which one of them has none. #}
{% test never_null(model, columns) %}
select {{ columns | join(', ') }}
from {{ model }}
where {% for column in columns %} {{ column }} is null {{ 'or' if not loop.last }} {% endfor %}
{% endtest %}
