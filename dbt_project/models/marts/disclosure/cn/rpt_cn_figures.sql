{{ config(
    materialized='incremental', incremental_strategy='append',
    pre_hook="{{ forget_changed_days() }}",
    post_hook="{{ add_changed_days('rpt_cn_figures_as_of') }}"
) }}
-- depends_on: {{ ref('rpt_cn_figures_as_of') }}
-- depends_on: {{ ref('rpt_cn_days') }}
-- Every month end of the history and the latest day, each computed by the one definition, a day at a time: the hook adds them.
select *, false as is_month_end from rpt_cn_figures_as_of(date '2000-01-31') where false
