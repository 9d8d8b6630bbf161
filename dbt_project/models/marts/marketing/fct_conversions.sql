-- The goals of marketing, for every registered user: the registration, the first investment, the first loan disbursed, and the net revenue
-- of the days after the registration. Grain: one row per conversion_kind and user_id.
with
revenue_window as (
    select {{ in_force('value') }}::integer as days_count from {{ ref('marketing_parameters') }} where name = 'revenue_days'
)

select 'registration' as conversion_kind, user_id, registered_at as converted_at, registered_on as converted_on, cast(null as decimal(34, 2)) as amount
from {{ ref('fct_registrations') }}
union all
select 'first_investment', user_id, first_invested_at, first_invested_on, first_investment_amount
from {{ ref('fct_registrations') }}
where first_invested_at is not null
union all
select 'first_loan', loan.user_id, loan.first_disbursed_at, loan.first_disbursed_on, loan.first_loan_amount
from {{ ref('fct_first_loans') }} as loan
inner join {{ ref('fct_registrations') }} as person on person.user_id = loan.user_id
where loan.first_disbursed_at is not null
union all
-- The revenue after a registration is credited to the touches before the registration.
select 'revenue_90', person.user_id, person.registered_at, person.registered_on, sum(fee.amount)
from {{ ref('fct_registrations') }} as person
cross join revenue_window
inner join {{ ref('stg_fees') }} as fee
    on fee.user_id = person.user_id and fee.charged_on between person.registered_on and person.registered_on + revenue_window.days_count
group by person.user_id, person.registered_at, person.registered_on
