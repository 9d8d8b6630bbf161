{{ config(materialized='incremental', incremental_strategy='append', on_schema_change='fail', pre_hook="{{ forget_changed_days('rpt_cn_days') }}") }}
-- The parts of figures by kind, at each month end and on the latest day: fees by kind of fee (CN-A20), complaints by kind of complaint
-- (CN-B19 to B21). The parts of a figure add up to it; a kind without rows has no part. Grain: one row per as_of_on, code and part_code.
with
fees as (
    select days.day_on as as_of_on, days.is_month_end, 'CN-A20' as code, fee.fee_kind as part_code, sum(fee.amount) as value
    from {{ ref('rpt_cn_days') }} as days, lateral (select * from {{ rows_of('rpt_cn_fees_as_of', 'days.day_on') }}) as fee
    where days.must_compute
    group by days.day_on, days.is_month_end, fee.fee_kind
),

complaints as (
    select
        days.day_on as as_of_on, days.is_month_end, complaint.complaint_kind as part_code, sum(complaint.received_count) as received_count,
        sum(complaint.resolved_count) as resolved_count, sum(complaint.open_count) as open_count
    from {{ ref('rpt_cn_days') }} as days, lateral (select * from {{ rows_of('rpt_cn_complaints_as_of', 'days.day_on') }}) as complaint
    where days.must_compute
    group by days.day_on, days.is_month_end, complaint.complaint_kind
),

parts as (
    select * from fees
    {% for code, count in [('CN-B19', 'received_count'), ('CN-B20', 'resolved_count'), ('CN-B21', 'open_count')] -%}
    union all
    select as_of_on, is_month_end, '{{ code }}', part_code, {{ count }} from complaints where {{ count }} <> 0
    {% endfor %}
)

select as_of_on, is_month_end, code, part_code, value::decimal(38, 8) as value
from parts
