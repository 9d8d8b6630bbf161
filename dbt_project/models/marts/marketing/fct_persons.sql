{{ config(materialized='view') }}
{% set steps = funnel_steps() -%}
-- Every person who ever visited, with the first time of each step of lenders and of borrowers, and how many of them they took in strict
-- order. Users without a known session are not included. Grain: one row per person_id.
with
tolerance as (
    select {{ in_force('value') }}::integer as seconds_count
    from {{ ref('marketing_parameters') }}
    where name = 'registration_tolerance_seconds'
),

persons as (
    select
        visit.person_id,
        visit.user_id,
        -- A session logged a moment after the registration that it led to began before it.
        case
            when visit.visited_at > person.registered_at
                and visit.visited_at <= person.registered_at + tolerance.seconds_count * interval 1 second then person.registered_at
            else visit.visited_at
        end as visited_at,
        visit.visited_on,
        visit.channel,
        visit.campaign_code,
        visit.device_kind,
        visit.landing_page,
        coalesce(record.province_code, 'unknown') as province_code,
        person.registered_at,
        person.registered_on,
        person.channel as registration_channel,
        person.campaign_code as registration_campaign_code,
        person.mobile_verified_at,
        person.real_name_verified_at,
        person.bank_card_verified_at,
        person.deposited_at,
        person.first_invested_at,
        person.second_invested_at,
        loan.applied_at,
        loan.approved_at,
        loan.fully_funded_at,
        loan.first_disbursed_at,
        loan.repaid_at,
        loan.second_disbursed_at
    from {{ ref('fct_first_visits') }} as visit
    cross join tolerance
    left join {{ ref('fct_registrations') }} as person on person.user_id = visit.user_id
    left join {{ ref('fct_first_loans') }} as loan on loan.user_id = person.user_id
    left join {{ ref('ldg_users') }} as record on record.user_id = person.user_id
)

select
    *,
    {{ steps_in_order(steps.lender) }}::bigint as lender_steps_count,
    {{ steps_in_order(steps.borrower) }}::bigint as borrower_steps_count
from persons
