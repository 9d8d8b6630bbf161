{{ config(materialized='view') }}
-- How many people reached each step in strict order, by day of the first visit and by day of registration. Grain: one row per cohort_kind,
-- day_on, channel, campaign_code, device_kind, province_code and landing_page.
select
    cohort_kind,
    day_on,
    channel,
    campaign_code,
    device_kind,
    province_code,
    landing_page,
    {{ counts_of_steps() }}
from ({{ funnel_cohorts(['lender_steps_count', 'borrower_steps_count']) }})
group by all
