{# A row: a figure that is no ratio and whose segments of a kind do not add up to the whole. People are in one segment of each kind, and so is each loan. #}
{% test segments_add_up(model) %}
select whole.as_of_on, whole.code, parts.segment_kind, whole.value, parts.value as added_value
from (select * from {{ model }} where segment_kind = 'total') as whole
inner join (
    select as_of_on, code, segment_kind, sum(value) as value
    from {{ model }}
    where segment_kind <> 'total' and denominator is null and unit <> '%'
    group by as_of_on, code, segment_kind
) as parts on parts.as_of_on = whole.as_of_on and parts.code = whole.code
where whole.denominator is null and whole.value is distinct from parts.value
{% endtest %}
