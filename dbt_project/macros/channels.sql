{# Channels: tags and the rules that tell a channel by them. #}

{# A tag as rules and campaigns are looked up by it: decoded, in lower case, without blanks, hyphens and underscores. #}
{% macro tag_key(tag) -%}
    regexp_replace(lower(coalesce({{ decoded(tag) }}, {{ tag }})), '[\s\p{Z}\p{Pd}_]+', '', 'g')
{%- endmacro %}

{# A text, or null where there is nothing to read in it. #}
{% macro said(text) -%} nullif({{ trimmed(text) }}, '') {%- endmacro %}

{# A query: every rule, our own and those of the public list, with patterns of tags as tag_key() makes them. #}
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
