{{ config(materialized='table_macro') }}
-- depends_on: {{ ref('rpt_cn_yearly_costs_as_of') }}
-- A row: a loan outstanding on the day or disbursed in its month whose yearly cost is above the rate that courts enforce on the day it was contracted.
select 'loan ' || cost.loan_id as entity, 'yearly_cost_rate' as field, cost.yearly_cost_rate::varchar as masked_value,
    'costs the borrower ' || cost.yearly_cost_rate || ' a year, the rate that courts enforce of ' || cost.contracted_on || ' is ' || cost.warning_rate as message
from rpt_cn_yearly_costs_as_of(as_of_on) as cost
where cost.yearly_cost_rate > cost.warning_rate
    and cost.yearly_cost_rate <= coalesce(cost.cap_rate, cost.yearly_cost_rate)
