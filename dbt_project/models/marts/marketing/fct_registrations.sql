-- Every registered user with what brought them and when they first took each step of a lender. Grain: one row a user_id.
with
visitors as (
    select distinct user_id, visitor_id
    from {{ ref('fct_sessions') }}
    where user_id is not null
),

-- A user's sessions are all those of the visitors that ever were this user, before the registration as well.
visits as (
    select
        person.user_id,
        min(session.started_at) as visited_at,
        arg_max(
            {'channel': session.channel, 'campaign_code': session.campaign_code, 'device_kind': session.device_kind},
            {'at': session.started_at, 'no': session.session_id}
        ) filter (
            session.started_at <= person.registered_at
            and session.started_at >= person.registered_at - to_days((
                select value::integer from {{ ref('marketing_parameters') }} where name = 'attribution_days'
                qualify row_number() over (order by valid_from desc) = 1
            ))
        ) as touch
    from {{ ref('stg_users') }} as person
    inner join visitors on visitors.user_id = person.user_id
    inner join {{ ref('fct_sessions') }} as session on session.visitor_id = visitors.visitor_id
    group by all
),

verifications as (
    select
        user_id,
        min(verified_at) filter (verification_kind = 'mobile') as mobile_verified_at,
        min(verified_at) filter (verification_kind = 'real_name') as real_name_verified_at,
        min(verified_at) filter (verification_kind = 'bank_card') as bank_card_verified_at
    from {{ ref('stg_user_verifications') }}
    where outcome = 'passed'
    group by all
),

deposits as (
    select user_id, min(occurred_at) as deposited_at
    from {{ ref('stg_fund_movements') }}
    where movement_kind = 'deposit' and amount > 0
    group by all
),

-- Listings that failed count here: the lender took the step. Promotional ones do not: the platform itself funds them.
numbered as (
    select
        investment.lender_id as user_id,
        investment.invested_at,
        investment.invested_on,
        investment.amount,
        row_number() over (partition by investment.lender_id order by investment.invested_at, investment.investment_id) as place_no
    from {{ ref('stg_investments') }} as investment
    inner join {{ ref('stg_loans') }} as listing on listing.loan_id = investment.loan_id and listing.deleted_at is null
    left join {{ ref('stg_products') }} as product on product.product_id = listing.product_id and product.deleted_at is null
    where not coalesce(product.is_promotional, false)
),

investments as (
    select
        user_id,
        min(invested_at) filter (place_no = 1) as first_invested_at,
        min(invested_on) filter (place_no = 1) as first_invested_on,
        min(amount) filter (place_no = 1) as first_investment_amount,
        min(invested_at) filter (place_no = 2) as second_invested_at
    from numbered
    where place_no <= 2
    group by all
)

select
    person.user_id,
    person.registered_at,
    person.registered_on,
    coalesce(visits.touch.channel, 'unknown') as channel,
    coalesce(visits.touch.campaign_code, 'none') as campaign_code,
    visits.touch.device_kind,
    visits.visited_at,
    verifications.mobile_verified_at,
    verifications.real_name_verified_at,
    verifications.bank_card_verified_at,
    deposits.deposited_at,
    investments.first_invested_at,
    investments.first_invested_on,
    investments.first_investment_amount,
    investments.second_invested_at
from {{ ref('stg_users') }} as person
left join visits on visits.user_id = person.user_id
left join verifications on verifications.user_id = person.user_id
left join deposits on deposits.user_id = person.user_id
left join investments on investments.user_id = person.user_id
where person.deleted_at is null
