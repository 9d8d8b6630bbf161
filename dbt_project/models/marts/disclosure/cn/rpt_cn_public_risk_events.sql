{{ config(materialized='table') }}
-- Major risk events that the platform has made public, in its own words. Numbers of six digits and more and e-mail addresses are masked,
-- because in a free text they can belong to a person. Events not yet disclosed are left out: the public must not read them here first.
-- Grain: one row per risk_event_id.
with
allowed as (
    select round({{ in_force('threshold.value') }})::integer as hours
    from {{ ref('cn_thresholds') }} as threshold
    where threshold.threshold_code = 'risk_event_hours' and threshold.valid_from <= {{ latest_business_date() }}
)

select
    event.risk_event_id,
    event.event_kind,
    event.occurred_on,
    event.disclosed_on,
    {{ masked_text('event.description') }} as description,
    event.disclosed_at > event.occurred_at + allowed.hours * interval 1 hour as is_late
from {{ ref('stg_risk_events') }} as event
cross join allowed
where event.deleted_at is null and event.disclosed_at is not null
