{{ config(materialized='table_function', parameters=['as_of_on']) }}
-- One row per loan outstanding on the day or disbursed in its month, whose yearly cost is above the cap on the day it was contracted
-- (CN-E07), or within the cap but above the rate up to which courts then enforced interest (CN-E07W). The cost of every loan is computed
-- once for both.
select
    case when cost.is_over_cap then 'CN-E07' else 'CN-E07W' end as check_code,
    'loan ' || cost.loan_id as entity,
    'yearly_cost_rate' as field,
    cost.yearly_cost_rate::varchar as masked_value,
    'costs the borrower ' || cost.yearly_cost_rate || ' a year, ' || case
        when cost.is_over_cap then 'the cap of ' || cost.contracted_on || ' is ' || cost.cap_rate
        else 'courts enforced up to ' || cost.warning_rate || ' on ' || cost.contracted_on
    end as message
from (
    select *, coalesce(yearly_cost_rate > cap_rate, false) as is_over_cap
    from {{ rows_of('rpt_cn_yearly_costs_as_of', 'as_of_on') }}
) as cost
where cost.is_over_cap or cost.yearly_cost_rate > cost.warning_rate
