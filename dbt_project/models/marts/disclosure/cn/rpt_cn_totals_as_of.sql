{{ config(materialized='table_function', parameters=['as_of_on']) }}
-- One row: what figures take from the portfolio of the day, each value from its segment, by the readings in force. A segment without loans
-- has no row.
{% set of_total = [
    'amount', 'loans_count', 'outstanding_amount', 'outstanding_loans_count', 'interest_outstanding_amount', 'owed_amount',
    'month_amount', 'month_loans_count', 'month_amount_months', 'month_amount_rate', 'borrowers_count',
    'outstanding_borrowers_count', 'largest_borrower_amount', 'top_ten_borrowers_amount'
] %}
{% set bands = ['over_90', 'overdue_1_90', 'overdue_91_180', 'overdue_over_180'] %}
with
segments as (
    select
        portfolio.*,
        portfolio.segment_kind = 'total' as is_total,
        portfolio.segment_kind = 'related_party' and portfolio.segment_id = 'related' as is_related,
        {% for band in bands -%}
        portfolio.segment_kind = 'cn_past_due_band' and portfolio.segment_id = '{{ band }}' as is_{{ band }},
        {% endfor -%}
        readings.over_90_reading,
        readings.overdue_rate_base
    from {{ rows_of('rpt_cn_portfolio_as_of', 'as_of_on') }} as portfolio
    cross join {{ rows_of('rpt_cn_readings_as_of', 'as_of_on') }} as readings
    where portfolio.segment_kind in ('total', 'related_party', 'cn_past_due_band')
)

select
    {% for column in of_total -%}
    max({{ column }}) filter (where is_total) as {{ column }},
    {% endfor -%}
    max(cn_overdue_amount) filter (where is_total) as overdue_amount,
    max(cn_overdue_loans_count) filter (where is_total) as overdue_loans_count,
    max(case when overdue_rate_base = 'principal' then outstanding_amount else owed_amount end) filter (where is_total) as rate_base_amount,
    coalesce(max(outstanding_amount) filter (where is_related), 0) as related_party_outstanding_amount,
    coalesce(max(outstanding_loans_count) filter (where is_related), 0) as related_party_loans_count,
    coalesce(max(case when over_90_reading = 'overdue_amount' then overdue_amount else outstanding_amount end) filter (where is_over_90), 0)
        as over_90_amount,
    {% for grade in bands[1:] -%}
    coalesce(max(overdue_amount) filter (where is_{{ grade }}), 0) as {{ grade }}_amount,
    {% endfor -%}
    {% for band in bands -%}
    coalesce(max(loans_count) filter (where is_{{ band }}), 0) as {{ band }}_loans_count{{ ',' if not loop.last }}
    {% endfor -%}
from segments
