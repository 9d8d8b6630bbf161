{# The credits of each conversion add up to one in every model, and each conversion is credited. One row per conversion for which they do
   not, and per credit of no conversion. #}
{% test whole_credits(model, shares, conversions) %}
select
    coalesce(conversion.conversion_kind, credit.conversion_kind) as conversion_kind,
    coalesce(conversion.user_id, credit.user_id) as user_id
from {{ conversions }} as conversion
full join (
    -- Added up before the join: groups of this table alone need less memory.
    select
        conversion_kind,
        user_id
        {%- for share in shares %},
        sum({{ share }}) as {{ share }}
        {%- endfor %}
    from {{ model }}
    group by conversion_kind, user_id
) as credit on credit.user_id = conversion.user_id and credit.conversion_kind = conversion.conversion_kind
where
    conversion.user_id is null
    {%- for share in shares %}
    or credit.{{ share }} is distinct from {{ ten_to(24) }}
    {%- endfor %}
{% endtest %}
