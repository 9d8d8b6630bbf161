{{ config(materialized='table_function', parameters=['as_of_on']) }}
-- What a loan costs its borrower per year, for loans outstanding on the day or disbursed in its month, and the caps in force when it was
-- contracted. By the first plan and the fees charged at disbursement: (interest + fees) / sum of principal x time to its due date, a month
-- being a twelfth of a year. The cost is the greatest of this, the rate, and the yearly cost that the platform records.
with
looked_at as (
    select *
    from {{ rows_of('fct_loans_as_of', 'as_of_on') }}
    where outstanding_amount > 0 or is_of_month
),

signed as (
    select contract.loan_id, min(contract.signed_on) as signed_on
    from {{ ref('fct_loan_contracts') }} as contract
    where contract.contract_kind = 'loan' and contract.signed_on <= as_of_on
    group by contract.loan_id
),

charged as (
    select loan.loan_id, sum(fee.amount) as fee_amount
    from {{ ref('stg_fees') }} as fee
    inner join looked_at as loan on loan.loan_id = fee.loan_id and fee.user_id = loan.borrower_id and fee.charged_on <= loan.disbursed_on
    where fee.fee_kind = 'borrower_service'
    group by loan.loan_id
),

costed as (
    select
        loan.loan_id,
        loan.disbursed_on,
        coalesce(signed.signed_on, loan.disbursed_on) as contracted_on,
        loan.annual_rate,
        listing.borrower_annual_cost,
        coalesce(planned.interest_amount, 0) as interest_amount,
        coalesce(planned.fee_amount, 0) + coalesce(charged.fee_amount, 0) as fee_amount,
        {{ cents('coalesce(planned.interest_amount, 0) + coalesce(planned.fee_amount, 0) + coalesce(charged.fee_amount, 0)') }} as cost_cents,
        {{ cents('planned.principal_days_amount') }} as principal_days_cents
    from looked_at as loan
    inner join {{ ref('stg_loans') }} as listing on listing.loan_id = loan.loan_id
    left join signed on signed.loan_id = loan.loan_id
    left join {{ ref('fct_plan_totals') }} as planned on planned.loan_id = loan.loan_id and planned.plan_version = 1
    left join charged on charged.loan_id = loan.loan_id
),

-- In millionths: x 360 days x 10^6.
rated as (
    select
        *,
        case when principal_days_cents > 0 then least(999999999, {{ quotient('cost_cents * 360000000', 'principal_days_cents') }}) end as planned_millionths
    from costed
),

-- Days on which the cap changes, with its value from then on: the multiple of the reference rate in force.
bounds as (
    select cap.cap_code, change.valid_from
    from (select distinct cap_code from {{ ref('cn_cost_caps') }}) as cap
    cross join (
        select valid_from from {{ ref('cn_cost_caps') }}
        union
        select valid_from from {{ ref('cn_reference_rates') }}
    ) as change
),

multiples as (
    {{ with_end(ref('cn_cost_caps'), 'cap_code') }}
),

rates as (
    {{ with_end(ref('cn_reference_rates'), 'reference_code') }}
),

steps as (
    select bounds.cap_code, bounds.valid_from, cast(multiple.multiple_rate * reference.rate as decimal(9, 6)) as cap_rate
    from bounds
    left join multiples as multiple
        on multiple.cap_code = bounds.cap_code and multiple.valid_from <= bounds.valid_from and multiple.valid_to > bounds.valid_from
    left join rates as reference
        on reference.reference_code = multiple.reference_code
            and reference.valid_from <= bounds.valid_from and reference.valid_to > bounds.valid_from
),

caps as (
    {{ with_end('steps', 'cap_code') }}
)

select
    rated.loan_id,
    rated.contracted_on,
    rated.annual_rate,
    rated.borrower_annual_cost,
    rated.interest_amount,
    rated.fee_amount,
    cast(greatest(rated.annual_rate, rated.borrower_annual_cost, rated.planned_millionths::decimal(12, 0) * 0.000001::decimal(7, 6))
        as decimal(9, 6)) as yearly_cost_rate,
    cap.cap_rate,
    warned.cap_rate as warning_rate
from rated
left join caps as cap
    on cap.cap_code = 'cost_cap' and cap.valid_from <= rated.contracted_on and cap.valid_to > rated.contracted_on
left join caps as warned
    on warned.cap_code = 'cost_warning' and warned.valid_from <= rated.contracted_on and warned.valid_to > rated.contracted_on
