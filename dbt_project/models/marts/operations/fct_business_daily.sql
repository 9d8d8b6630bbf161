{{ config(materialized='incremental', incremental_strategy='append', pre_hook="{{ forget_changed_business() }}") }}
-- What happened on each day, in total and by segment: listings, lending, repayment, claims, fees, custody, reserve, rewards, applications,
-- people. Grain: one row per day_on, is_promotional, segment_kind and segment_id that has any. A later build computes the days that it can
-- have changed.
{#- Every source is added up separately: its rows have few measures, while a row of all sources would have thirty. A source that lacks a
    kind of segments has no segments of that kind. -#}
{%- set all_kinds = loan_kinds() + ['channel'] -%}
{%- set sources = business_sources() -%}
{#- Segments that follow from the product. -#}
{%- set apart = all_kinds | reject('in', product_kinds()[1:]) | list -%}
{%- set places %}listing.{{ apart | join(', listing.') }}{% endset -%}
{%- set person_places %}{% for kind in person_kinds() %}coalesce(person.{{ kind }}, 'none') as {{ kind }}{{ ', ' if not loop.last }}{% endfor %}{% endset %}
with
people as {{ found_once() }} (
    {{ people_in_segments() }}
),

products as {{ found_once() }} (
    select product_id::varchar as product, operating_mode, security_kind as security, repayment_method, is_promotional
    from {{ ref('stg_products') }}
),

listings as {{ found_once() }} (
    select listing.*, coalesce(person.channel, 'none') as channel
    from {{ ref('dim_listings') }} as listing
    left join people as person on person.user_id = listing.borrower_id
),

listed as (
    select listing.listed_on as day_on, listing.is_promotional, listing.amount, {{ places }}
    from listings as listing
    where listing.listed_on is not null and {{ is_affected('listing.listed_on') }}
),

funded as (
    select listing.fully_funded_on as day_on, listing.is_promotional, listing.funding_seconds, {{ places }}
    from listings as listing
    where listing.fully_funded_on is not null and {{ is_affected('listing.fully_funded_on') }}
),

failed as (
    select listing.failed_on as day_on, listing.is_promotional, {{ places }}
    from listings as listing
    where listing.failed_on is not null and {{ is_affected('listing.failed_on') }}
),

lent as (
    select loan.disbursed_on as day_on, listing.is_promotional, loan.amount, loan.term_months, loan.annual_rate, {{ places }}
    from {{ ref('ldg_loans') }} as loan
    inner join listings as listing on listing.loan_id = loan.loan_id
    where {{ is_affected('loan.disbursed_on') }}
),

received as (
    select receipt.paid_on as day_on, listing.is_promotional, receipt.repaid_amount as amount, {{ places }}
    from {{ ref('ldg_principal_receipts') }} as receipt
    inner join listings as listing on listing.loan_id = receipt.loan_id
    where receipt.repaid_amount <> 0 and {{ is_affected('receipt.paid_on') }}
),

paid as (
    select payment.day_on, listing.is_promotional, payment.compensated_amount, payment.own_compensated_amount, payment.recovered_amount, {{ places }}
    from (
        {{ payments_in_place() | indent(4) }}
    ) as payment
    inner join listings as listing on listing.loan_id = payment.loan_id
    where {{ is_affected('payment.day_on') }}
),

invested as (
    select investment.invested_on as day_on, listing.is_promotional, investment.amount,
        {{ automatic_amount('investment') }} as automatic_amount, {{ places }}
    from {{ ref('stg_investments') }} as investment
    inner join listings as listing on listing.loan_id = investment.loan_id
    where {{ is_affected('investment.invested_on') }}
),

sold as (
    select sale.transferred_on as day_on, listing.is_promotional, sale.principal as amount, sale.price,
        cast({{ microseconds('sale.transferred_at') }} - {{ microseconds('offer.offered_at') }} as decimal(30, 0)) * 0.000001::decimal(7, 6) as sale_seconds,
        {{ places }}
    from {{ ref('stg_claim_transfers') }} as sale
    inner join listings as listing on listing.loan_id = sale.loan_id
    left join {{ ref('stg_claim_offers') }} as offer on offer.transfer_id = sale.transfer_id
    where {{ is_affected('sale.transferred_on') }}
),

-- The reserve stands behind all loans: there is one reserve, with promotional loans and without.
reserved as (
    select movement.occurred_on as day_on, false as is_promotional, movement.amount,
        case when movement.movement_kind = 'contribution' then movement.amount else 0 end as contributed_amount
        {%- for kind in apart %}, coalesce(listing.{{ kind }}, 'none') as {{ kind }}{% endfor %}
    from {{ ref('stg_risk_reserve_movements') }} as movement
    left join listings as listing on listing.loan_id = movement.loan_id
    where {{ is_affected('movement.occurred_on') }}
),

-- A fee is segmented by who paid it, and by the loan that it is for.
charged as (
    select fee.charged_on as day_on, coalesce(listing.is_promotional, false) as is_promotional, fee.amount, fee.fee_kind, {{ person_places }}
        {%- for kind in apart if kind not in person_kinds() %}, coalesce(listing.{{ kind }}, 'none') as {{ kind }}{% endfor %}
    from {{ ref('stg_fees') }} as fee
    left join listings as listing on listing.loan_id = fee.loan_id
    left join people as person on person.user_id = fee.user_id
    where {{ is_affected('fee.charged_on') }}
),

applications as (
    select application.*, coalesce(product.is_promotional, false) as is_promotional,
        application.product_id::varchar as product, {{ person_places }}
    from {{ ref('stg_loan_applications') }} as application
    left join products as product on product.product = application.product_id::varchar
    left join people as person on person.user_id = application.borrower_id
    where application.deleted_at is null
        and ({{ is_affected('application.applied_on') }} or {{ is_affected('application.decided_on') }})
),

applied as (
    select *, applied_on as day_on from applications where {{ is_affected('applied_on') }}
),

-- An application that was decided and not refused has no reject reason.
decided as (
    select
        decided_on as day_on,
        decision = 'approved' as is_approved,
        decision = 'rejected' as is_rejected,
        applications.* exclude (reject_reason),
        case when decision = 'rejected' then coalesce({{ own_name('reject_reason') }}, 'none') else 'not_rejected' end as reject_reason
    from applications
    where decision in ('approved', 'rejected') and decided_on is not null and {{ is_affected('decided_on') }}
),

moved as (
    select movement.occurred_on as day_on, false as is_promotional,
        case when movement.movement_kind = 'deposit' then movement.amount else 0 end as deposited_amount,
        case when movement.movement_kind = 'withdrawal' then -movement.amount else 0 end as withdrawn_amount, {{ person_places }}
    from {{ ref('stg_fund_movements') }} as movement
    left join people as person on person.user_id = movement.user_id
    where movement.movement_kind in ('deposit', 'withdrawal') and {{ is_affected('movement.occurred_on') }}
),

-- A reward is owed from its grant until it is redeemed or expires. Days in the future have rows already: an open reward expires then.
rewards as (
    -- `greatest` leaves out what is null, and a reward that never expires is owed until it is redeemed.
    select *, case when coalesce(redeemed_on, expires_on) is not null then greatest(granted_on, least(redeemed_on, expires_on)) end as ended_on
    from {{ ref('stg_rewards') }}
    where deleted_at is null
),

rewarded as (
    select reward.day_on, false as is_promotional, reward.amount, {{ person_places }}
    from (
        select user_id, granted_on as day_on, amount from rewards where {{ is_affected('granted_on') }}
        union all
        select user_id, ended_on, -amount from rewards where ended_on is not null and {{ is_affected('ended_on') }}
    ) as reward
    left join people as person on person.user_id = reward.user_id
),

registered as (
    select registration.registered_on as day_on, false as is_promotional, {{ person_places }}
    from {{ ref('fct_registrations') }} as registration
    inner join people as person on person.user_id = registration.user_id
    where {{ is_affected('registration.registered_on') }}
),

-- A person who did something in promotional loans and in others on one day is counted once, with the others.
present as (
    select doing.day_on, doing.is_promotional, doing.is_lender, {{ person_places }}
    from (
        select user_id, day_on, is_lender, not bool_or(not is_promotional) as is_promotional
        from {{ ref('fct_active_days') }}
        where {{ is_affected('day_on') }}
        group by user_id, day_on, is_lender
    ) as doing
    left join people as person on person.user_id = doing.user_id
),
{{ added_by_day(sources) }}
