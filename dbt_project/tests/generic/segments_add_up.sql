{# One row per figure that is not a ratio and whose segments of a kind do not add up to the whole. Each loan is in one segment of each kind;
   so is a person, for the kinds that are the person's own. For the other kinds a person is in each segment in which they did something:
   such segments add up to at least the whole, and none is larger than it. What borrowers owe may be below 0 in one segment, so that they
   owe in another and not in all. #}
{% test segments_add_up(model) %}
select whole.as_of_on, whole.code, parts.segment_kind, whole.value, parts.value as added_value, parts.largest_value
from (select * from {{ model }} where segment_kind = 'total') as whole
inner join (
    select
        as_of_on,
        code,
        segment_kind,
        unit = 'persons' and segment_kind not in ('{{ person_kinds() | join("', '") }}') as has_people_twice,
        sum(value) as value,
        max(value) as largest_value
    from {{ model }}
    where segment_kind <> 'total' and denominator is null and unit <> '%'
    group by as_of_on, code, segment_kind, unit
) as parts on parts.as_of_on = whole.as_of_on and parts.code = whole.code
where whole.denominator is null
    and case
        when parts.has_people_twice then parts.value < whole.value or (parts.largest_value > whole.value and whole.code <> 'OP-D05')
        else whole.value is distinct from parts.value
    end
{% endtest %}
