{#- A later build computes those people again on whose visitors a session came. A visitor who turned out to be a user is no longer a person
    of their own. -#}
{%- set is_anew, web_sessions, sessions = has_other_sessions(), ref('stg_web_sessions'), ref('fct_sessions') -%}
{{ config(
    materialized='incremental', incremental_strategy='delete+insert', unique_key=['person_id'],
    pre_hook=["{{ forget_where_sessions_are_other() }}", "{{ forget_joined_visitors() }}"]
) }}
-- The first visit of every person: a user with all sessions that belong to them, or a visitor who was never identified. Grain: one row per
-- person_id.
with
{% if not is_anew -%}
arrived as (select distinct visitor_id from {{ web_sessions }} where _load_seq > {{ seen_load_seq() }}),

people as (
    select distinct user_id from {{ sessions }} where user_id is not null and visitor_id in (select visitor_id from arrived)
),

-- Every visitor that the person ever used: their first visit may have been there.
concerned as (
    select visitor_id from arrived
    union
    select visitor_id from {{ sessions }} where user_id in (select user_id from people)
),

{% endif -%}
known_sessions as (
    select session_id, visitor_id, user_id, started_at
    from {{ sessions }}
    {{ '' if is_anew else 'where visitor_id in (select visitor_id from concerned)' }}
),

visitors as {{ found_once() }} (
    select
        visitor_id,
        min(session_id) as visitor_no,
        min(user_id) as least_user_id,
        max(user_id) as greatest_user_id,
        min(started_at) as started_at,
        arg_min(session_id, {{ instant_and_number('started_at', 'session_id') }}) filter (session_id is not null) as session_id
    from known_sessions
    group by visitor_id
),

-- Nearly all visitors have one known user or none: only their first session can be the first of a person.
owned as {{ found_once() }} (
    select visitor_id, session_id, started_at, least_user_id as owner_id
    from visitors
    where least_user_id is not distinct from greatest_user_id
    union all
    select visitor_id, session_id, started_at, owner_id
    from (
        {{ sessions_of_shared_visitors('known_sessions', ['visitor_id', 'session_id', 'started_at']) | indent(8) }}
    )
),

first_visits as (
    select owner_id, arg_min(session_id, {{ instant_and_number('started_at', 'session_id') }}) filter (session_id is not null) as session_id
    from owned
    where owner_id is not null{{ '' if is_anew else ' and owner_id in (select user_id from people)' }}
    group by owner_id
    union all
    select owner_id, session_id
    from owned
    where owner_id is null{{ '' if is_anew else ' and visitor_id in (select visitor_id from arrived)' }}
)

select
    coalesce('user ' || first_visit.owner_id::varchar, 'visitor ' || session.visitor_id) as person_id,
    first_visit.owner_id as user_id,
    session.visitor_id,
    session.started_at as visited_at,
    session.started_on as visited_on,
    session.channel,
    session.campaign_code,
    coalesce(session.device_kind, 'unknown') as device_kind,
    session.landing_page
from first_visits as first_visit
inner join {{ sessions }} as session on session.session_id = first_visit.session_id
