{{ config(materialized='table_macro') }}
-- depends_on: {{ ref('rpt_cn_yearly_costs_as_of') }}
-- The warning half of CN-E07. A row: a loan outstanding on the day or disbursed in its month whose yearly cost is within the cap of the day on
-- which it was contracted, but above the rate up to which courts then enforced interest.
select 'loan ' || cost.loan_id as entity, 'yearly_cost_rate' as field, cost.yearly_cost_rate::varchar as masked_value,
    'costs the borrower ' || cost.yearly_cost_rate || ' a year, courts enforced up to ' || cost.warning_rate || ' on ' || cost.contracted_on as message
from rpt_cn_yearly_costs_as_of(as_of_on) as cost
where cost.yearly_cost_rate > cost.warning_rate and coalesce(cost.yearly_cost_rate <= cost.cap_rate, true)
