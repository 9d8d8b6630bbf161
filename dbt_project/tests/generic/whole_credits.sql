{# The credits of each conversion add up to one in every model, and each conversion is credited. One row per conversion for which they do
   not. #}
{% test whole_credits(model, shares, conversions) %}
select conversion.conversion_kind, conversion.user_id
from {{ conversions }} as conversion
left join {{ model }} as credit on credit.conversion_kind = conversion.conversion_kind and credit.user_id = conversion.user_id
group by conversion.conversion_kind, conversion.user_id
having
    {%- for share in shares %}
    sum(credit.{{ share }}) is distinct from {{ ten_to(24) }}{{ ' or' if not loop.last }}
    {%- endfor %}
union all
select credit.conversion_kind, credit.user_id
from {{ model }} as credit
where (credit.conversion_kind, credit.user_id) not in (select conversion_kind, user_id from {{ conversions }})
{% endtest %}
