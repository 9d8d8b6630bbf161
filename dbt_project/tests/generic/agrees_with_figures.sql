{# What a disclosed figure says for a day is the sum of the rows of this model for it; without such rows, zero. `figures` has one row per
   figure: its code, the column of the figure, the column of the model and which rows count. A figure that is not supplied is not checked.
   One row per day on which a figure and its rows differ. #}
{% test agrees_with_figures(model, stored_figures, figures) %}
{% for figure in figures -%}
select figure.as_of_on, figure.code, figure.{{ figure.of }} as figure_value, coalesce(ours.value, 0) as added_value
from {{ stored_figures }} as figure
left join (
    select as_of_on, sum({{ figure.column }}) as value from {{ model }} where {{ figure.where }} group by as_of_on
) as ours on ours.as_of_on = figure.as_of_on
where figure.code = '{{ figure.code }}' and coalesce(ours.value, 0) <> figure.{{ figure.of }}
{{ 'union all' if not loop.last }}
{% endfor %}
{% endtest %}
