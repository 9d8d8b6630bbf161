{{ config(materialized='table_function', parameters=['as_of_on']) }}
-- One row per loan outstanding on the day whose plan in force adds up neither to its amount nor to what was outstanding when the plan was
-- made (CN-E18); or whose first plan, still in force, has interest that differs by more than the tolerance from what rate, method and term
-- give (CN-E18W; a later plan is a new agreement without such a formula). One cent per instalment is allowed for rounding. All in integers:
-- shares of the amount in units of 10^-15.
{% set unit, most = ten_to(15), as_whole('9' * 38) %}
with recursive
tolerance as (
    select {{ in_force('value') }} as share
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
        in_force.plan_version,
        in_force.covers,
        totals.principal_amount,
        totals.interest_amount,
        totals.instalments_count
    from {{ rows_of('fct_loans_as_of', 'as_of_on') }} as loan
    inner join {{ ref('ldg_plans') }} as in_force
        on in_force.loan_id = loan.loan_id and in_force.valid_from <= as_of_on and in_force.valid_to > as_of_on
    inner join {{ ref('fct_plan_totals') }} as totals on totals.loan_id = in_force.loan_id and totals.plan_version = in_force.plan_version
    left join {{ ref('stg_products') }} as product on product.product_id = loan.product_id
    where loan.outstanding_amount > 0
),

-- There are few combinations of terms, however many loans. period: the rate for the time of one instalment.
terms as (
    select
        *,
        {{ divided(as_whole('annual_rate * 1000000') ~ ' * 1000000000 * term_months', '12 * instalments_count') }} as period
    from (select distinct annual_rate, term_months, repayment_method, instalments_count from planned where plan_version = 1)
    where instalments_count > 0
),

-- (1 + period) to the power of the number of instalments, one factor per step. Above 10^8, which no sensible rate comes near, it counts as
-- infinite, since 38 digits hold no more: that moves interest by less than 10^-8 of itself.
steps as (
    select annual_rate, term_months, repayment_method, instalments_count, period, 1 as step_no, {{ unit }} + period as growth
    from terms
    union all
    select annual_rate, term_months, repayment_method, instalments_count, period, step_no + 1,
        case
            when growth > {{ divided(most, unit ~ ' + period') }} then {{ most }}
            else {{ divided('growth * (' ~ unit ~ ' + period)', unit) }}
        end
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
            when period = 0 then {{ as_whole('0') }}
            when repayment_method = 'equal_principal' then {{ divided('period * (instalments_count + 1)', '2') }}
            -- n x period x growth / (growth - 1) - 1, without a product of more than 38 digits.
            when repayment_method = 'equal_instalment'
                then instalments_count * period + {{ divided('instalments_count * period * ' ~ unit, 'growth - ' ~ unit) }} - {{ unit }}
            else period * instalments_count
        end as interest_share
    from grown
),

judged as (
    select
        planned.*,
        {{ rounded_quotient(as_whole('planned.amount * 100') ~ ' * expected.interest_share', unit) }} as expected_cents
    from planned
    left join expected
        on expected.annual_rate = planned.annual_rate and expected.term_months = planned.term_months
            and expected.repayment_method = planned.repayment_method and expected.instalments_count = planned.instalments_count
            and planned.plan_version = 1
)

select 'CN-E18' as check_code, 'loan ' || loan_id as entity, 'principal_due' as field, principal_amount::varchar as masked_value,
    'principal of plan ' || plan_version || ' is ' || principal_amount || ', neither the loan''s amount ' || amount
    || ' nor what was outstanding when it was made; counted as it stands, matched by number' as message
from judged
where covers = 'neither'
union all
select 'CN-E18W', 'loan ' || judged.loan_id, 'interest_due', judged.interest_amount::varchar,
    'interest of the plan is ' || judged.interest_amount || ', rate, method and term give '
    || (judged.expected_cents::decimal(36, 0) * 0.01::decimal(3, 2))::decimal(38, 2)
from judged
cross join tolerance
where judged.expected_cents is not null
    and abs({{ as_whole('judged.interest_amount * 100') }} - judged.expected_cents)
        > greatest({{ as_whole('judged.expected_cents::decimal(30, 0) * tolerance.share') }}, judged.instalments_count)
