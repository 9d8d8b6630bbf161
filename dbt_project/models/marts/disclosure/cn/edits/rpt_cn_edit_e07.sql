{{ config(materialized='table_macro') }}
-- depends_on: {{ ref('rpt_cn_yearly_costs_as_of') }}
-- A row: a loan outstanding on the day or disbursed in its month whose yearly cost is above the cap on the day it was contracted.
select 'loan ' || cost.loan_id as entity, 'yearly_cost_rate' as field, cost.yearly_cost_rate::varchar as masked_value,
    'costs the borrower ' || cost.yearly_cost_rate || ' a year, the cap of ' || cost.contracted_on || ' is ' || cost.cap_rate as message
from rpt_cn_yearly_costs_as_of(as_of_on) as cost
where cost.yearly_cost_rate > cost.cap_rate
