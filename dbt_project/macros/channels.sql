{# Channels: tags, and the rules that find the channel from them. #}

{# A tag in the form in which rules and campaigns look it up: decoded, in lower case, without blanks, hyphens and underscores. #}
{% macro tag_key(tag) -%}
    regexp_replace(lower(coalesce({{ decoded(tag) }}, {{ tag }})), '[\s\p{Z}\p{Pd}_]+', '', 'g')
{%- endmacro %}

{# A text, or null where it is empty or blank. #}
{% macro said(text) -%} nullif({{ trimmed(text) }}, '') {%- endmacro %}

{# A query: all rules, our own and those of the public list. Patterns of tags are in the form of tag_key(). #}
{% macro all_channel_rules() -%}
    select
        rule_no,
        channel,
        source_name,
        match_field,
        match_kind,
        case when match_field in ('utm_medium', 'utm_source') then {{ tag_key('pattern') }} else coalesce(pattern, '') end as pattern
    from {{ ref('channel_rules') }}
    union all
    select rule_no, channel, source_name, match_field, match_kind, pattern
    from {{ ref('referrer_rules') }}
{%- endmacro %}

{# A query: every campaign by its number; 0 means no campaign. Of several campaigns with one code the first counts, as for sessions. #}
{% macro campaigns_by_number() -%}
    select campaign.campaign_id, kept.campaign_code, kept.campaign_kind
    from {{ ref('stg_campaigns') }} as campaign
    inner join {{ ref('dim_campaigns') }} as kept on kept.tag_code = {{ tag_key('campaign.code') }}
    where campaign.deleted_at is null and campaign.campaign_id <> 0
{%- endmacro %}

{# The code of the campaign under whose number something was booked: none for 0 and null, unassigned where no campaign has the number
   (`campaign_code` is null). #}
{% macro booked_campaign(campaign_id, campaign_code) -%}
    case when coalesce({{ campaign_id }}, 0) = 0 then 'none' else coalesce({{ campaign_code }}, 'unassigned') end
{%- endmacro %}
