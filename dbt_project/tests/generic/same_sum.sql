{# A column has the same sum as a column of another relation, to the last digit. One row with the two sums, where they differ. #}
{% test same_sum(model, column, to, to_column, condition='true', to_condition='true') %}
select ours.amount, theirs.amount as other_amount
from (select coalesce(sum({{ column }}), 0) as amount from {{ model }} where {{ condition }}) as ours
cross join (select coalesce(sum({{ to_column }}), 0) as amount from {{ to }} where {{ to_condition }}) as theirs
where ours.amount <> theirs.amount
{% endtest %}
