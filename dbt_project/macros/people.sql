{# Which session belongs to which user, and which steps people take. #}

{# Whether stored sessions may be wrong: a new campaign can change the channel of any session, and a session that the source has lost can
   have belonged to anyone. #}
{% macro has_other_sessions() -%}
    {{- return(is_full_build() or has_new_rows('campaigns') or has_tombstones('web_sessions')) -}}
{%- endmacro %}

{# Removes what was stored from sessions before it is computed again. #}
{% macro forget_where_sessions_are_other() -%}
    {%- if is_incremental() and has_other_sessions() -%} truncate {{ this }} {%- endif -%}
{%- endmacro %}

{# A query: the sessions of `visitors` with several known users, with visitor_no and `owner_id`: a session with a user belongs to that user;
   another belongs to the next user identified on its visitor, else to the last one before. #}
{% macro sessions_of_shared_visitors(sessions, columns) -%}
select {{ columns | join(', ') }}, visitor_no, coalesce(user_id, next_user_id, last_user_id) as owner_id
from (
    select
        session.{{ columns | join(', session.') }},
        visitor.visitor_no,
        session.user_id,
        lead(session.user_id ignore nulls) over (partition by visitor.visitor_no order by session.started_at, session.session_id) as next_user_id,
        lag(session.user_id ignore nulls) over (partition by visitor.visitor_no order by session.started_at, session.session_id) as last_user_id
    from {{ sessions }} as session
    inner join visitors as visitor on visitor.visitor_id = session.visitor_id
    where visitor.least_user_id <> visitor.greatest_user_id
)
{%- endmacro %}

{# Common table expressions, the last one called `owned`: sessions with `owner_id`, the user to whom the session belongs (null for none),
   and `visitor_no`, a whole number for the visitor. `sessions` has every session of its visitors, and these columns; `since` is the first
   day whose sessions are needed. #}
{% macro owned_sessions(sessions, columns, since=none) %}
visitors as (
    select visitor_id, min(session_id) as visitor_no, min(user_id) as least_user_id, max(user_id) as greatest_user_id
    from {{ sessions }}
    {% if since -%}
    where visitor_id in (select visitor_id from {{ sessions }} where started_on >= {{ since }})
    {% endif -%}
    group by visitor_id
),

owned as (
    -- Nearly all visitors have one known user or none: their sessions need no order.
    select session.{{ columns | join(', session.') }}, visitor.visitor_no, visitor.least_user_id as owner_id
    from {{ sessions }} as session
    inner join visitors as visitor on visitor.visitor_id = session.visitor_id
    where visitor.least_user_id is not distinct from visitor.greatest_user_id{{ ' and session.started_on >= ' ~ since if since }}
    union all
    {{ sessions_of_shared_visitors(sessions, columns) | indent(4) }}
    {{ 'where started_on >= ' ~ since if since }}
)
{%- endmacro %}

{# The steps of each funnel in order: code and the column of fct_persons with the time. #}
{% macro funnel_steps() -%}
    {%- do return({
        'lender': [
            ('visit', 'visited_at'), ('registration', 'registered_at'), ('mobile', 'mobile_verified_at'), ('real_name', 'real_name_verified_at'),
            ('bank_card', 'bank_card_verified_at'), ('first_deposit', 'deposited_at'), ('first_investment', 'first_invested_at'),
            ('second_investment', 'second_invested_at')
        ],
        'borrower': [
            ('visit', 'visited_at'), ('registration', 'registered_at'), ('borrower_real_name', 'real_name_verified_at'),
            ('application', 'applied_at'), ('approval', 'approved_at'), ('full_funding', 'fully_funded_at'),
            ('disbursement', 'first_disbursed_at'), ('first_repayment', 'repaid_at'), ('second_loan', 'second_disbursed_at')
        ]
    }) -%}
{%- endmacro %}

{# How many steps a person took in strict order: the count ends at the first step that is missing, or was taken before the previous one. #}
{% macro steps_in_order(steps) -%}
    case
        when {{ steps[0][1] }} is null then 0
        {%- for _, taken_at in steps[1:] %}
        when {{ taken_at }} is null or {{ taken_at }} < {{ steps[loop.index0][1] }} then {{ loop.index }}
        {%- endfor %}
        else {{ steps | length }}
    end
{%- endmacro %}

{# Columns of an aggregate over people: how many reached each step in strict order. #}
{% macro counts_of_steps() -%}
{%- set funnels = funnel_steps() -%}
{%- set counts = [] -%}
{%- for step, _ in funnels.lender -%}{%- do counts.append('count(*) filter (lender_steps_count >= ' ~ loop.index ~ ') as ' ~ step ~ '_count') -%}{%- endfor -%}
{%- for step, _ in funnels.borrower[2:] -%}
    {%- do counts.append('count(*) filter (borrower_steps_count >= ' ~ (loop.index + 2) ~ ') as ' ~ step ~ '_count') -%}
{%- endfor -%}
{{- counts | join(',\n    ') -}}
{%- endmacro %}

{# The two ways in which people are counted: by the day of their first visit with the attributes of that visit, or by the day of
   registration with the attributes of what brought it. A query of fct_persons that adds these columns. #}
{% macro funnel_cohorts(columns) -%}
    select 'visit' as cohort_kind, visited_on as day_on, channel, campaign_code, device_kind, province_code, landing_page, {{ columns | join(', ') }}
    from {{ ref('fct_persons') }}
    union all
    select
        'registration', registered_on, registration_channel, registration_campaign_code, device_kind, province_code, landing_page,
        {{ columns | join(', ') }}
    from {{ ref('fct_persons') }}
    where registered_on is not null
{%- endmacro %}

{# Common table expressions, the last one called `came`: who registered, lent for the first time, lent for the first time in a month, or
   borrowed for the first time, on which day. One row per counts_promotional, people_kind, user_id and, for active lenders, month. #}
{% macro people_who_came() -%}
-- A lender counts once per month, on the first active day in it: a sum up to any day of the month then counts the lenders active by that
-- day.
lending_months as (
    select
        investment.lender_id,
        date_trunc('month', investment.invested_on)::date as month_on,
        coalesce(product.is_promotional, false) as is_promotional,
        min(investment.invested_on) as day_on
    from {{ ref('stg_investments') }} as investment
    inner join {{ ref('stg_loans') }} as listing on listing.loan_id = investment.loan_id and listing.deleted_at is null
    left join {{ ref('stg_products') }} as product on product.product_id = listing.product_id
    group by all
),

population as (
    select false as counts_promotional
    union all
    select true
),

came as (
    select population.counts_promotional, person.user_id, person.registered_on as day_on, 'registrations' as people_kind
    from {{ ref('fct_registrations') }} as person
    cross join population
    union all
    select population.counts_promotional, active.lender_id, min(active.day_on), 'active_lenders'
    from lending_months as active
    inner join population on population.counts_promotional or not active.is_promotional
    group by population.counts_promotional, active.lender_id, active.month_on
    union all
    select population.counts_promotional, active.lender_id, min(active.day_on), 'new_lenders'
    from lending_months as active
    inner join population on population.counts_promotional or not active.is_promotional
    inner join {{ ref('fct_registrations') }} as person on person.user_id = active.lender_id
    group by population.counts_promotional, active.lender_id
    union all
    select population.counts_promotional, loan.borrower_id, min(loan.disbursed_on), 'new_borrowers'
    from {{ ref('ldg_loans') }} as loan
    inner join population on population.counts_promotional or not loan.is_promotional
    group by population.counts_promotional, loan.borrower_id
)
{%- endmacro %}
