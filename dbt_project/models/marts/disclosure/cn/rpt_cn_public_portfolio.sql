{{ config(materialized='incremental', incremental_strategy='append', on_schema_change='fail', pre_hook="{{ forget_changed_days('rpt_cn_days') }}") }}
-- Projects under way at each month end and on the latest day, in total and by term, amount, repayment method and security. The list of
-- projects shows all of these for each project; borrowers appear only in whole groups (rpt_cn_public_people). Grain: one row per as_of_on,
-- segment_kind and segment_code.
{% set kinds = {
    'total': 'total', 'cn_term_band': 'term_band', 'cn_size_band': 'size_band', 'repayment_method': 'repayment_method', 'security': 'security_kind'
} %}
select
    days.day_on as as_of_on,
    days.is_month_end,
    case parts.segment_kind
        {%- for kind, told in kinds.items() %}
        when '{{ kind }}' then '{{ told }}'
        {%- endfor %}
    end as segment_kind,
    parts.segment_id as segment_code,
    parts.outstanding_loans_count as loans_count,
    parts.outstanding_amount
from {{ ref('rpt_cn_days') }} as days,
    lateral (
        select portfolio.segment_kind, portfolio.segment_id, portfolio.outstanding_loans_count, portfolio.outstanding_amount
        from {{ rows_of('rpt_cn_portfolio_as_of', 'days.day_on') }} as portfolio
        where portfolio.segment_kind in ('{{ kinds | join("', '") }}')
    ) as parts
where days.must_compute and (parts.outstanding_loans_count > 0 or parts.segment_kind = 'total')
