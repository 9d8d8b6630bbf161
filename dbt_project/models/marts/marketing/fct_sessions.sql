{#- Sessions never change, so new ones are added. A new or changed campaign can change the channel of any session. -#}
{%- set is_anew = is_full_build() or has_new_rows('campaigns') -%}
{{ config(
    materialized='incremental', incremental_strategy='append',
    pre_hook=["{% if is_incremental() and has_new_rows('campaigns') %}truncate {{ this }}{% endif %}", "{{ forget_gone('web_sessions') }}"]
) }}
-- Every session with its one channel: the first matching rule of channel_rules and referrer_rules. Grain: one row per session_id.
{% set sessions = ref('stg_web_sessions') if is_anew else '(select * from ' ~ ref('stg_web_sessions') ~ ' where _load_seq > ' ~ seen_load_seq() ~ ')' %}
{# What sessions say about where they came from, and what of it counts. #}
{% set carried = {
    'has_invitation': said('session.invitation_code') ~ ' is not null',
    'has_more_tags': 'coalesce(' ~ said('session.utm_term') ~ ', ' ~ said('session.utm_content') ~ ') is not null',
    'utm_source': 'session.utm_source', 'utm_medium': 'session.utm_medium', 'utm_campaign': 'session.utm_campaign',
    'landing_path': 'session.landing_path', 'referrer_url': 'session.referrer_url'
} %}
with
rules as {{ found_once() }} (
    {{ all_channel_rules() }}
),

-- Sessions are many, their distinct origins are few: each origin is classified once for all sessions that have it.
origins as (
    select distinct
        {%- for name, value in carried.items() %}
        {{ value }} as {{ name }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ sessions }} as session
),

-- A host as rules name it: itself, its parent domains, and the engine whose front page or images it shows.
host_names as {{ found_once() }} (
    select distinct host, host_name
    from (select host, unnest(host_names) as host_name from {{ source('addresses', 'ctl_referrers') }} where host is not null)
),

own_hosts as (
    select distinct named.host
    from host_names as named
    inner join {{ source('control', 'ctl_own_hosts') }} as own on own.host = named.host_name
),

parameters as (select landing_path, unnest(parameter_names) as parameter_name from {{ source('addresses', 'ctl_landings') }}),

clicks as (
    select parameter.landing_path, min_by(parameter.parameter_name, rule.rule_no) filter (parameter.parameter_name is not null) as click_id_kind
    from parameters as parameter
    inner join rules as rule on rule.match_field = 'landing_parameter' and rule.pattern = parameter.parameter_name
    group by parameter.landing_path
),

-- Tags come from their columns, else from the address of the landing page.
tagged as (
    select
        origin.*,
        origin.has_invitation or landing.invitation_code is not null as is_invited,
        origin.has_more_tags or coalesce(landing.utm_term, landing.utm_content) is not null as is_tagged_more,
        {%- for tag in ('utm_source', 'utm_medium', 'utm_campaign') %}
        coalesce({{ said('origin.' ~ tag) }}, landing.{{ tag }}) as told_{{ tag }},
        {%- endfor %}
        coalesce(landing.page, '/') as landing_page,
        click.click_id_kind,
        referrer.host as referrer_host,
        referrer.site as referrer_site,
        referrer.keyword,
        own.host is not null as is_own_host
    from origins as origin
    left join {{ source('addresses', 'ctl_landings') }} as landing on landing.landing_path = origin.landing_path
    left join clicks as click on click.landing_path = origin.landing_path
    left join {{ source('addresses', 'ctl_referrers') }} as referrer on referrer.referrer_url = origin.referrer_url
    left join own_hosts as own on own.host = referrer.host
),

facts as (
    select
        tagged.*,
        campaign.campaign_code,
        {
            'is_invited': tagged.is_invited,
            'is_tagged': tagged.is_tagged_more or coalesce(tagged.told_utm_source, tagged.told_utm_medium, tagged.told_utm_campaign) is not null,
            'utm_source': {{ tag_key('tagged.told_utm_source') }},
            'utm_medium': {{ tag_key('tagged.told_utm_medium') }},
            'campaign_kind': campaign.campaign_kind,
            'click_id_kind': tagged.click_id_kind,
            'host': case when not tagged.is_own_host then tagged.referrer_host end,
            'has_word': tagged.keyword is not null
        } as fact
    from tagged
    left join {{ ref('dim_campaigns') }} as campaign on campaign.tag_code = {{ tag_key('tagged.told_utm_campaign') }}
),

distinct_facts as {{ found_once() }} (select distinct fact from facts),

-- A fact as the rules see it. Every session has the field `session`, so that the last rule always matches.
fields as (
    select fact, 'session' as match_field, 'present' as match_kind, '' as value from distinct_facts
    union all
    select fact, 'invitation_code', 'present', '' from distinct_facts where fact.is_invited
    union all
    select fact, 'tags', 'present', '' from distinct_facts where fact.is_tagged
    union all
    select fact, 'utm_source', 'equals', fact.utm_source from distinct_facts where fact.utm_source <> ''
    union all
    select fact, 'utm_medium', 'equals', fact.utm_medium from distinct_facts where fact.utm_medium <> ''
    union all
    select fact, 'campaign_kind', 'equals', fact.campaign_kind from distinct_facts where fact.campaign_kind is not null
    union all
    select fact, 'landing_parameter', 'equals', fact.click_id_kind from distinct_facts where fact.click_id_kind is not null
    union all
    select fact, 'referrer_host', 'present', '' from distinct_facts where fact.host is not null
    union all
    select fact, 'referrer_host', 'engine', regexp_replace(fact.host, '^((www|m|wap|mobile|images?|img|pic|maps?|ditu|news)\.)+', '', 'g')
    from distinct_facts
    where fact.host is not null
    union all
    {%- for kind, condition in (('host', ''), ('word', ' and known.fact.has_word'), ('engine', ' and known.fact.has_word')) %}
    select known.fact, 'referrer_host', '{{ kind }}', named.host_name
    from distinct_facts as known
    inner join host_names as named on named.host = known.fact.host{{ condition }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

ruled as (
    select field.fact, arg_min({'channel': rule.channel, 'source_name': rule.source_name}, rule.rule_no) as found
    from fields as field
    inner join rules as rule
        on rule.match_field = field.match_field and rule.match_kind = field.match_kind and rule.pattern = field.value
    group by field.fact
),

-- Found before the sessions, of which there are many more.
placed as {{ found_once() }} (
    select
        facts.*,
        ruled.found.channel,
        coalesce(nullif(ruled.found.source_name, ''), nullif(facts.fact.utm_source, '')) as source_name,
        case when ruled.found.channel = 'organic_search' then facts.keyword end as searched_word
    from facts
    inner join ruled on ruled.fact = facts.fact
)

select
    session.session_id,
    session.visitor_id,
    session.user_id,
    session.started_at,
    session.started_on,
    placed.channel,
    placed.source_name,
    coalesce(placed.campaign_code, 'none') as campaign_code,
    placed.referrer_host,
    placed.referrer_site,
    placed.searched_word as keyword,
    placed.landing_page,
    placed.click_id_kind,
    placed.told_utm_source as utm_source,
    placed.told_utm_medium as utm_medium,
    placed.told_utm_campaign as utm_campaign,
    session.device_kind
from {{ sessions }} as session
inner join placed
    on {% for name, value in carried.items() %}placed.{{ name }} is not distinct from ({{ value }}){{ '\n        and ' if not loop.last }}{% endfor %}
