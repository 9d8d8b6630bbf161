{# Half-open intervals of one key: none is empty and none overlaps the next. One row per interval that does. Gaps are allowed; where they
   are not, an identity check reports them. #}
{% test half_open_intervals(model, key) %}
select *
from (
    select
        {{ key | join(', ') }}, valid_from, valid_to,
        lead(valid_from) over (partition by {{ key | join(', ') }} order by valid_from, valid_to) as next_from
    from {{ model }}
)
where valid_from >= valid_to or next_from < valid_to
{% endtest %}
