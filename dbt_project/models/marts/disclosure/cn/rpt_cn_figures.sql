{#- Every month end of the history and the latest day. Month ends before the first day that this build can have changed stay as they are. -#}
{%- set latest = parameter('as_of_on', '') -%}
{%- set changed_from = '' -%}
{%- set days = [] -%}
{%- if execute and latest -%}
    {%- set found = run_query("select day_on, is_month_end from " ~ this.schema ~ ".rpt_cn_days where must_compute order by day_on") -%}
    {%- set days = found.rows -%}
{%- endif -%}
{{ config(
    materialized='incremental', incremental_strategy='append',
    pre_hook="{{ forget_changed_days() }}"
) }}
-- depends_on: {{ ref('rpt_cn_figures_as_of') }}
-- depends_on: {{ ref('rpt_cn_days') }}
{% for day in days -%}
select *, {{ 'true' if day[1] else 'false' }} as is_month_end from rpt_cn_figures_as_of(date '{{ day[0] }}')
{{ 'union all' if not loop.last }}
{% else -%}
select *, false as is_month_end from rpt_cn_figures_as_of(date '2000-01-31') where false
{% endfor %}
