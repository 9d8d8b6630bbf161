{{ config(materialized='table_function', parameters=['as_of_on']) }}
-- One row: the readings in force on the day.
select over_90_reading, overdue_rate_base, counts_promotional
from {{ ref('dim_regime_readings') }}
where regime = 'cn' and valid_from <= as_of_on and valid_to > as_of_on
