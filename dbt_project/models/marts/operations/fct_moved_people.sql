{{ config(materialized='table', database='working') }}
{#- Rows may be older than the registration: a platform that was moved from another system has such, and a user may arrive after their rows. -#}
{%- set users, known_users = ref('ldg_users'), previous('ldg_users') -%}
{%- set registrations, known_registrations = ref('fct_registrations'), previous('fct_registrations') -%}
{%- set listings, loans, repayments = ref('dim_listings'), ref('ldg_loans'), ref('stg_repayments') -%}
{%- set investments, sales, reserve = ref('stg_investments'), ref('stg_claim_transfers'), ref('stg_risk_reserve_movements') -%}
{%- set of_people = [
    (ref('stg_fund_movements'), 'user_id', 'occurred_on'), (ref('stg_fees'), 'user_id', 'charged_on'), (ref('stg_rewards'), 'user_id', 'granted_on'),
    (ref('stg_loan_applications'), 'borrower_id', 'least(deed.applied_on, deed.decided_on)'), (investments, 'lender_id', 'invested_on'),
    (sales, 'buyer_id', 'transferred_on')
] -%}
{%- set of_loans = [
    (loans, 'disbursed_on'), (repayments, 'paid_on'), (investments, 'invested_on'), (sales, 'transferred_on'), (reserve, 'occurred_on')
] -%}
-- People who are in another province, industry or channel than in the snapshot before, and the first day of anything that figures by
-- segment count as theirs. A full build needs none. Grain: one row per user_id.
{% if is_full_build() -%}
select null::bigint as user_id, null::date as first_on
where false
{%- else -%}
with
moved as {{ found_once() }} (
    select person.user_id, least(person.registered_on, known.registered_on) as day_on
    from {{ users }} as person
    left join {{ known_users }} as known on known.user_id = person.user_id
    where person._load_seq > {{ seen_load_seq() }}
        and (known.user_id is null or {{ differ('person', 'known', ['registered_on', 'province_code', 'industry_code', 'deleted_at is null']) }})
    union all
    select coalesce(person.user_id, known.user_id), least(person.registered_on, known.registered_on)
    from {{ registrations }} as person
    full join {{ known_registrations }} as known on known.user_id = person.user_id
    where {{ differ('person', 'known', ['user_id', 'channel', 'registered_on']) }}
),

borrowed as {{ found_once() }} (
    select listing.loan_id, listing.borrower_id as user_id, least(listing.listed_on, listing.fully_funded_on, listing.failed_on) as day_on
    from {{ listings }} as listing
    where listing.borrower_id in (select moved.user_id from moved)
),

days as (
    select user_id, day_on from moved
    union all
    select user_id, day_on from borrowed
    {%- for rows, user_id, day_on in of_people %}
    union all
    select deed.{{ user_id }}, {{ day_on if '(' in day_on else 'deed.' ~ day_on }}
    from {{ rows }} as deed
    where deed.{{ user_id }} in (select moved.user_id from moved)
    {%- endfor %}
    {%- for rows, day_on in of_loans %}
    union all
    select borrowed.user_id, deed.{{ day_on }}
    from {{ rows }} as deed
    inner join borrowed on borrowed.loan_id = deed.loan_id
    {%- endfor %}
)

select user_id, min(day_on) as first_on
from days
group by user_id
having min(day_on) is not null
{%- endif %}
