{{ config(materialized='view') }}
{% set funnels = funnel_steps() -%}
-- How many people came to each step in strict order, by day of the first visit and by day of registration. Grain: one row a cohort_kind, day_on,
-- channel, campaign_code, device_kind, province_code and landing_page.
select
    cohort_kind,
    day_on,
    channel,
    campaign_code,
    device_kind,
    province_code,
    landing_page
    {%- for step, _ in funnels.lender %},
    count(*) filter (lender_steps_count >= {{ loop.index }}) as {{ step }}_count
    {%- endfor %}
    {%- for step, _ in funnels.borrower[2:] %},
    count(*) filter (borrower_steps_count >= {{ loop.index + 2 }}) as {{ step }}_count
    {%- endfor %}
from ({{ funnel_cohorts(['lender_steps_count', 'borrower_steps_count']) }})
group by all
