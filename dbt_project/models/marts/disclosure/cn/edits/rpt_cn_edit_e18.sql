{{ config(materialized='table_macro') }}
-- depends_on: {{ ref('fct_loans_as_of') }}
-- A row: a loan outstanding on the day whose plan in force does not add up to its amount; or whose first plan, still in force, has interest that
-- differs by more than the tolerance from what rate, method and term give (a later plan is agreed anew and has no such formula). A cent an
-- instalment is left to rounding. All in integers: shares of the amount in units of 10^-15.
{% set unit = '1000000000000000::hugeint' %}
{% set most = '100000000000000000000000000000000000000::hugeint' %}
with recursive
tolerance as (
    select max_by(value, valid_from) as share
    from {{ ref('cn_thresholds') }}
    where threshold_code = 'plan_interest_tolerance_share' and valid_from <= as_of_on
),

planned as (
    select
        loan.loan_id,
        loan.amount,
        loan.annual_rate,
        loan.term_months,
        product.repayment_method,
        force.plan_version,
        totals.principal_amount,
        totals.interest_amount,
        totals.instalments_count
    from fct_loans_as_of(as_of_on) as loan
    inner join {{ ref('ldg_plans') }} as force
        on force.loan_id = loan.loan_id and force.valid_from <= as_of_on and force.valid_to > as_of_on
    inner join {{ ref('fct_plan_totals') }} as totals on totals.loan_id = force.loan_id and totals.plan_version = force.plan_version
    left join {{ ref('stg_products') }} as product on product.product_id = loan.product_id
    where loan.outstanding_amount > 0
),

-- There are few combinations of terms, however many loans. period: the rate of one instalment's time.
terms as (
    select
        *,
        (cast(annual_rate * 1000000 as hugeint) * 1000000000 * term_months) // (12 * instalments_count) as period
    from (select distinct annual_rate, term_months, repayment_method, instalments_count from planned where plan_version = 1)
    where instalments_count > 0
),

-- (1 + period) to the power of the number of instalments, a factor a step. Beyond 10^8, which no rate in good sense comes near, it counts as
-- without end, since 128 bits hold no more of it: that moves interest by less than 10^-8 of itself.
steps as (
    select annual_rate, term_months, repayment_method, instalments_count, period, 1 as step_no, {{ unit }} + period as growth
    from terms
    union all
    select annual_rate, term_months, repayment_method, instalments_count, period, step_no + 1,
        case when growth > {{ most }} // ({{ unit }} + period) then {{ most }} else growth * ({{ unit }} + period) // {{ unit }} end
    from steps
    where step_no < instalments_count and repayment_method = 'equal_instalment'
),

grown as (
    select * from steps
    where step_no = case repayment_method when 'equal_instalment' then instalments_count else 1 end
),

expected as (
    select
        annual_rate,
        term_months,
        repayment_method,
        instalments_count,
        case
            when period = 0 then 0::hugeint
            when repayment_method = 'equal_principal' then period * (instalments_count + 1) // 2
            -- n x period x growth / (growth - 1) - 1, without a product that 128 bits do not hold.
            when repayment_method = 'equal_instalment'
                then instalments_count * period + instalments_count * period * {{ unit }} // (growth - {{ unit }}) - {{ unit }}
            else period * instalments_count
        end as interest_share
    from grown
),

judged as (
    select
        planned.*,
        (cast(planned.amount * 100 as hugeint) * expected.interest_share + {{ unit }} // 2) // {{ unit }} as expected_cents
    from planned
    left join expected
        on expected.annual_rate = planned.annual_rate and expected.term_months = planned.term_months
            and expected.repayment_method = planned.repayment_method and expected.instalments_count = planned.instalments_count
            and planned.plan_version = 1
)

select 'loan ' || loan_id as entity, 'principal_due' as field, principal_amount::varchar as masked_value,
    'principal of plan ' || plan_version || ' is ' || principal_amount || ', the loan''s amount ' || amount as message
from judged
where principal_amount <> amount
union all
select 'loan ' || judged.loan_id, 'interest_due', judged.interest_amount::varchar,
    'interest of the plan is ' || judged.interest_amount || ', rate, method and term give '
    || (judged.expected_cents::decimal(36, 0) * 0.01::decimal(3, 2))::decimal(38, 2)
from judged
cross join tolerance
where judged.expected_cents is not null
    and abs(cast(judged.interest_amount * 100 as hugeint) - judged.expected_cents)
        > greatest(cast(judged.expected_cents::decimal(30, 0) * tolerance.share as hugeint), judged.instalments_count)
