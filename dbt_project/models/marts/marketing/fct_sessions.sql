{#- Sessions never change, so that new ones are added; a new or changed campaign can put any session elsewhere. -#}
{%- set is_anew = is_full_build() or has_new_rows('campaigns') -%}
{{ config(
    materialized='incremental', incremental_strategy='append',
    pre_hook=["{% if is_incremental() and has_new_rows('campaigns') %}truncate {{ this }}{% endif %}", "{{ forget_gone('web_sessions') }}"]
) }}
-- Every session with its one channel: the first rule of channel_rules that fits. Grain: one row a session_id.
{% set sessions = ref('stg_web_sessions') if is_anew else '(select * from ' ~ ref('stg_web_sessions') ~ ' where _load_seq > ' ~ seen_load_seq() ~ ')' %}
{% set host = "'^\\s*[a-z][a-z0-9+.-]*://(?:[^/?#@\\s]*@)?(\\[[0-9a-f:.]+\\]|[^\\s%/:?#@\\[\\]]+)(?:[:/?#]|\\s*\\z)'" %}
{% set word = "'(?i)[?&](?:wd|word|query|keyword|q)=([^&#]+)'" %}
with
campaigns as (
    select
        lower({{ trimmed('code') }}) as utm_campaign,
        min_by(code, campaign_id) filter (code is not null) as campaign_code,
        min_by(campaign_kind, campaign_id) filter (campaign_kind is not null) as campaign_kind
    from {{ ref('stg_campaigns') }}
    where deleted_at is null
    group by all
),

-- What sessions carry of where they came from. Sessions are many, what they carry is not: texts are taken apart once for all that carry them.
origins as (
    select distinct
        coalesce({{ trimmed('session.invitation_code') }}, '') <> '' as has_invitation,
        session.utm_medium,
        session.utm_campaign,
        session.landing_path,
        session.referrer_url
    from {{ sessions }} as session
),

facts as (
    select
        origin.*,
        campaign.campaign_code,
        {
            'has_invitation': origin.has_invitation,
            'utm_medium': lower({{ trimmed('origin.utm_medium') }}),
            'campaign_kind': campaign.campaign_kind,
            'landing_parameters': case when contains(origin.landing_path, '?')
                then list_sort(list_distinct(regexp_extract_all(lower(origin.landing_path), '[?&]([a-z0-9_]+)=[^&#]', 1))) end,
            'referrer_host': nullif(regexp_extract(lower(origin.referrer_url), {{ host }}, 1), '')
        } as fact
    from origins as origin
    left join campaigns as campaign on campaign.utm_campaign = lower({{ trimmed('origin.utm_campaign') }})
),

distinct_facts as (select distinct fact from facts),

-- A fact as the rules see it: a field and a value. Every session has the field `session`, so that the last rule always fits.
fields as (
    select fact, 'session' as match_field, '' as value from distinct_facts
    union all
    select fact, 'invitation_code', '' from distinct_facts where fact.has_invitation
    union all
    select fact, 'utm_medium', fact.utm_medium from distinct_facts where fact.utm_medium <> ''
    union all
    select fact, 'campaign_kind', fact.campaign_kind from distinct_facts where fact.campaign_kind is not null
    union all
    select fact, 'landing_parameter', unnest(fact.landing_parameters) from distinct_facts
    union all
    select fact, 'referrer_host', fact.referrer_host from distinct_facts where fact.referrer_host is not null
),

ruled as (
    select fields.fact, arg_min({'channel': rule.channel, 'source_name': rule.source_name}, rule.rule_no) as found
    from fields
    inner join {{ ref('channel_rules') }} as rule on rule.match_field = fields.match_field
        and case rule.match_kind
            when 'present' then true
            when 'equals' then fields.value = rule.pattern
            when 'host' then fields.value = rule.pattern or ends_with(fields.value, '.' || rule.pattern)
            when 'matches' then regexp_matches(fields.value, rule.pattern)
        end
    group by all
),

placed as (
    select
        facts.* exclude (fact, campaign_code),
        ruled.found.channel,
        nullif(ruled.found.source_name, '') as source_name,
        coalesce(facts.campaign_code, 'none') as campaign_code,
        facts.fact.referrer_host,
        case when ruled.found.channel = 'organic_search'
            then {{ decoded("replace(nullif(regexp_extract(facts.referrer_url, " ~ word ~ ", 1), ''), '+', ' ')") }}
        end as keyword
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
    placed.campaign_code,
    placed.referrer_host,
    placed.keyword,
    session.device_kind
from {{ sessions }} as session
inner join placed
    on placed.has_invitation = (coalesce({{ trimmed('session.invitation_code') }}, '') <> '')
        and placed.utm_medium is not distinct from session.utm_medium
        and placed.utm_campaign is not distinct from session.utm_campaign
        and placed.landing_path is not distinct from session.landing_path
        and placed.referrer_url is not distinct from session.referrer_url
