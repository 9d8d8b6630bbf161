{# A column has the same sum per key as a column of another relation, to the last digit. Keys are SQL, in the same order for both relations.
   One row per key, with the difference of the sums. #}
{% test same_sums(model, keys, column, to, to_keys, to_column, condition='true', to_condition='true') %}
select {% for key in keys %}key_{{ loop.index }}, {% endfor %}sum(amount) as difference_amount
from (
    select {% for key in keys %}{{ key }} as key_{{ loop.index }}, {% endfor %}{{ column }} as amount from {{ model }} where {{ condition }}
    union all
    select {% for key in to_keys %}{{ key }}, {% endfor %}-{{ to_column }} from {{ to }} where {{ to_condition }}
)
group by {% for key in keys %}key_{{ loop.index }}{{ ', ' if not loop.last }}{% endfor %}
having sum(amount) <> 0
{% endtest %}
