{{ config(materialized='table_function', parameters=['as_of_on']) }}
-- One row: the readings in force on the day.
select
    {{ in_force('value', "name = 'over_90_amount'") }} as over_90_reading,
    {{ in_force('value', "name = 'overdue_rate_base'") }} as overdue_rate_base,
    coalesce({{ in_force('value', "name = 'count_promotional'") }} = 'true', false) as counts_promotional
from {{ ref('rpt_cn_parameter_values') }}
where valid_from <= as_of_on
