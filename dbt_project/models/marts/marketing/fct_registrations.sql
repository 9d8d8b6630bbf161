{#- A later build computes only the people whom a new row affects. A new campaign can change the channel of any session, and a step that the
    source has lost could be anyone's: then it computes everyone. -#}
{%- set has_lost = has_tombstones('web_sessions') or has_tombstones('user_verifications') or has_tombstones('fund_movements') -%}
{%- set is_anew = is_full_build() or has_new_rows('campaigns') or has_lost -%}
{#- Both are named in every build, so that dbt knows of them. -#}
{%- set known_listings, web_sessions = previous('stg_loans'), ref('stg_web_sessions') -%}
{%- set gone_investments = gone_rows('investments') -%}
{%- set user_verifications, fund_movements = ref('stg_user_verifications'), ref('stg_fund_movements') -%}
{{ config(
    materialized='incremental', incremental_strategy='delete+insert', unique_key=['user_id'],
    pre_hook="{{ forget_deleted_users() }}"
) }}
-- Every registered user with what brought them and when they first took each step of a lender. Grain: one row per user_id.
with
attribution as (
    select
        {{ in_force('value', "name = 'attribution_days'") }}::integer as days_count,
        {{ in_force('value', "name = 'registration_tolerance_seconds'") }}::integer as tolerance_seconds
    from {{ ref('marketing_parameters') }}
),

{% if not is_anew -%}
-- Listings whose product or deletion this build knows differently from the build before: their investments count differently.
changed_listings as (
    select listing.loan_id
    from {{ ref('stg_loans') }} as listing
    left join {{ known_listings }} as known on known.loan_id = listing.loan_id
    where (
        listing._load_seq > {{ seen_load_seq() }}
        and {{ differ('listing', 'known', ['product_id', 'deleted_at is not null']) }}
    )
    or listing.product_id in (select product_id from {{ ref('stg_products') }} where _load_seq > {{ seen_load_seq() }})
),

arrived as (select visitor_id, user_id, started_at from {{ web_sessions }} where _load_seq > {{ seen_load_seq() }}),

-- A session after the first visit and after the registration changes nothing for a user who is known to be its visitor.
unsettled as (
    select known.user_id
    from {{ this }} as known
    cross join attribution
    where greatest(known.registered_at + attribution.tolerance_seconds * interval 1 second, known.visited_at)
        >= (select min(arrived.started_at) from arrived)
    union
    -- But a session with a user can take sessions without one away from other users of the visitor.
    select user_id
    from {{ ref('fct_sessions') }}
    where user_id is not null and visitor_id in (select arrived.visitor_id from arrived where arrived.user_id is not null)
),

called as (
    select user_id from {{ ref('ldg_users') }} where _load_seq > {{ seen_load_seq() }}
    union
    select user_id from arrived where user_id is not null
    union
    select user_id from {{ user_verifications }} where _load_seq > {{ seen_load_seq() }}
    union
    -- A deposit that is not the first changes nothing.
    select deposits.user_id
    from {{ ref('fct_first_deposits') }} as deposits
    inner join {{ fund_movements }} as movement
        on movement.user_id = deposits.user_id and movement.occurred_at = deposits.deposited_at
    where movement._load_seq > {{ seen_load_seq() }}
    union
    -- A third investment changes nothing.
    select investment.lender_id
    from {{ ref('stg_investments') }} as investment
    left join {{ this }} as known on known.user_id = investment.lender_id and known.second_invested_at < investment.invested_at
    where investment._load_seq > {{ seen_load_seq() }} and known.user_id is null
    union
    select gone.lender_id from {{ gone_investments }} as gone
    union
    select investment.lender_id
    from {{ ref('stg_investments') }} as investment
    inner join changed_listings as listing on listing.loan_id = investment.loan_id
),

looked_at as (
    select user_id from called
    union
    select user_id from unsettled
),

identified as {{ found_once() }} (
    select distinct user_id, visitor_id from {{ ref('fct_sessions') }} where user_id in (select user_id from looked_at)
),

touched as {{ found_once() }} (
    select user_id from called
    union
    select user_id from identified where visitor_id in (select arrived.visitor_id from arrived)
),

{% endif -%}
visitors as (
    {% if is_anew -%}
    select distinct user_id, visitor_id from {{ ref('fct_sessions') }} where user_id is not null
    {%- else -%}
    select user_id, visitor_id from identified where user_id in (select user_id from touched)
    {%- endif %}
),

people as (
    select *
    from {{ ref('ldg_users') }}
    where deleted_at is null{{ '' if is_anew else ' and user_id in (select user_id from touched)' }}
),

-- On a visitor with several users, a session without a user belongs to the next identified user, else to the last one before.
shared_visitors as (
    select visitor_id
    from {{ ref('fct_sessions') }}
    where user_id is not null{{ '' if is_anew else ' and visitor_id in (select visitors.visitor_id from visitors)' }}
    group by visitor_id
    having min(user_id) <> max(user_id)
),

owners as (
    select
        session_id,
        coalesce(
            user_id,
            lead(user_id ignore nulls) over (partition by visitor_id order by started_at, session_id),
            lag(user_id ignore nulls) over (partition by visitor_id order by started_at, session_id)
        ) as user_id
    from {{ ref('fct_sessions') }}
    where visitor_id in (select shared_visitors.visitor_id from shared_visitors)
),

-- A user's sessions are those of the visitors that were this user, before the registration too. Different clocks log registration and
-- session, so the session that led to the registration may begin a little later.
visits as (
    select
        person.user_id,
        min(session.started_at) as visited_at,
        arg_max(session.session_id, {{ instant_and_number('session.started_at', 'session.session_id') }}) filter (
            session.session_id is not null
            and session.started_at <= person.registered_at + attribution.tolerance_seconds * interval 1 second
            and session.started_at >= person.registered_at - attribution.days_count * interval 1 day
        ) as session_id
    from people as person
    inner join visitors on visitors.user_id = person.user_id
    inner join {{ ref('fct_sessions') }} as session on session.visitor_id = visitors.visitor_id
    left join owners as owner on owner.session_id = session.session_id
    cross join attribution
    where coalesce(owner.user_id, person.user_id) = person.user_id
    group by all
),

-- Listings that failed count here: the lender took the step. Promotional ones do not: the platform itself funds them.
investments as (
    select
        investment.lender_id as user_id,
        {% set order = instant_and_number('investment.invested_at', 'investment.investment_id') -%}
        min(investment.invested_at) as first_invested_at,
        arg_min(investment.invested_on, {{ order }}) filter (investment.invested_on is not null) as first_invested_on,
        arg_min(investment.amount, {{ order }}) filter (investment.amount is not null) as first_investment_amount,
        {{ second_least('investment.invested_at') }} as second_invested_at
    from {{ ref('stg_investments') }} as investment
    inner join {{ ref('stg_loans') }} as listing on listing.loan_id = investment.loan_id and listing.deleted_at is null
    left join {{ ref('stg_products') }} as product on product.product_id = listing.product_id
    where not coalesce(product.is_promotional, false){{ '' if is_anew else ' and investment.lender_id in (select user_id from touched)' }}
    group by all
)

select
    person.user_id,
    person.registered_at,
    person.registered_on,
    coalesce(touch.channel, 'unknown') as channel,
    coalesce(touch.campaign_code, 'none') as campaign_code,
    touch.device_kind,
    visits.visited_at,
    verifications.mobile_verified_at,
    verifications.real_name_verified_at,
    verifications.bank_card_verified_at,
    deposits.deposited_at,
    investments.first_invested_at,
    investments.first_invested_on,
    investments.first_investment_amount,
    investments.second_invested_at
from people as person
left join visits on visits.user_id = person.user_id
left join {{ ref('fct_sessions') }} as touch on touch.session_id = visits.session_id
left join {{ ref('fct_first_verifications') }} as verifications on verifications.user_id = person.user_id
left join {{ ref('fct_first_deposits') }} as deposits on deposits.user_id = person.user_id
left join investments on investments.user_id = person.user_id
