{# The credits of a month's cells add up to its conversions and to their money in every model. One row per month, kind and model for which
   they do not, or that is missing. #}
{% test whole_amounts(model, conversions) %}
select total.conversion_kind, total.month_on, credited.model_kind
from (
    select conversion_kind, date_trunc('month', converted_on)::date as month_on, count(*) as conversions_count, sum(amount) as amount
    from {{ conversions }}
    group by all
) as total
left join (
    select conversion_kind, month_on, model_kind, sum(credited_share) as credit, sum(credited_amount) as amount
    from {{ model }}
    where campaign_code <> 'all'
    group by all
) as credited on credited.conversion_kind = total.conversion_kind and credited.month_on = total.month_on
where credited.credit is distinct from total.conversions_count * {{ ten_to(24) }} or credited.amount is distinct from total.amount
{% endtest %}
