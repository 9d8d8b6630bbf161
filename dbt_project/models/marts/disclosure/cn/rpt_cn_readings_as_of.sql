{{ config(materialized='table_function', parameters=['as_of_on']) }}
-- One row: the readings in force on the day.
select
    max_by(value, valid_from) filter (where name = 'over_90_amount') as over_90_reading,
    max_by(value, valid_from) filter (where name = 'overdue_rate_base') as overdue_rate_base,
    coalesce(max_by(value, valid_from) filter (where name = 'count_promotional') = 'true', false) as counts_promotional
from {{ ref('rpt_cn_parameter_values') }}
where valid_from <= as_of_on
