{{ config(materialized='incremental', incremental_strategy='append', on_schema_change='fail', pre_hook="{{ forget_changed_days() }}") }}
-- Projects under way at each month end and on the latest day, as a whole and by what they are: term, amount, repayment method, security. Each is on the list of
-- projects with all of it; what borrowers are is told in whole groups alone (rpt_cn_public_people). Grain: one row an as_of_on, segment_kind and segment_code.
{% set kinds = ['term_band', 'size_band', 'repayment_method', 'security_kind'] %}
with
owing as (
    select days.day_on, days.is_month_end, scope.*
    from {{ ref('rpt_cn_days') }} as days,
        lateral (
            select project.loan_id, project.amount, project.outstanding_amount, project.annual_rate, project.term_months
            from {{ rows_of('rpt_cn_scope_as_of', 'days.day_on') }} as project
            where project.outstanding_amount > 0
        ) as scope
    where days.must_compute
),

bands as (
    {{ with_end(ref('cn_public_bands'), 'band_code') }}
),

described as {{ found_once() }} (
    select
        owing.day_on,
        owing.is_month_end,
        owing.amount,
        owing.outstanding_amount,
        owing.outstanding_amount * {{ if_supplied('loans.annual_rate', 'owing.annual_rate') }} as outstanding_amount_rate,
        coalesce(term.band_code, 'none') as term_band,
        coalesce(size.band_code, 'none') as size_band,
        coalesce(product.repayment_method, 'none') as repayment_method,
        coalesce(product.security_kind, 'none') as security_kind
    from owing
    inner join {{ ref('stg_loans') }} as listing on listing.loan_id = owing.loan_id
    left join {{ ref('stg_products') }} as product on product.product_id = listing.product_id
    {% for kind, value in [('term', 'owing.term_months'), ('size', 'owing.amount')] -%}
    left join bands as {{ kind }}
        on {{ kind }}.band_kind = '{{ kind }}' and {{ kind }}.valid_from <= owing.day_on and {{ kind }}.valid_to > owing.day_on
            and {{ kind }}.from_value <= {{ value }} and coalesce({{ value }} < {{ kind }}.to_value, true)
    {% endfor %}
)

{% for kind in ['total'] + kinds -%}
select
    day_on as as_of_on,
    is_month_end,
    '{{ kind }}' as segment_kind,
    {{ "'all'" if kind == 'total' else kind }} as segment_code,
    count(*)::bigint as loans_count,
    sum(amount)::decimal(38, 2) as amount,
    sum(outstanding_amount)::decimal(38, 2) as outstanding_amount,
    sum(outstanding_amount_rate)::decimal(38, 8) as outstanding_amount_rate
from described
group by day_on, is_month_end{{ ', ' ~ kind if kind != 'total' }}
{{ 'union all' if not loop.last }}
{% endfor %}
