{{ config(materialized='table_function', parameters=['as_of_on']) }}
-- depends_on: {{ source('control', 'ctl_obligations') }}
-- One row per filing due by the day that is not filed; per change of the platform profile due by the day; and per major risk event that was
-- older than the hours of cn_thresholds when the day ended; if as far as is known it is not disclosed. What counts is what is known now,
-- not what was known on the day: what was late and is done is no longer a finding, or no later filing could be signed. The control table is
-- named without schema: no load brings filings and profile, so a filing under preparation puts in its place what is known by now, and a
-- snapshot by itself reports only risk events.
with
allowed as (
    select round({{ in_force('value') }})::integer as hours
    from {{ ref('cn_thresholds') }}
    where threshold_code = 'risk_event_hours' and valid_from <= as_of_on
)

select 'filing cn ' || owed.code as entity, 'state' as field, coalesce(owed.state, 'none') as masked_value,
    'was due on ' || owed.due_on || ' and is not submitted' as message
from ctl_obligations as owed
where owed.regime = 'cn' and owed.obligation_kind = 'filing' and owed.due_on <= as_of_on and owed.disclosed_on is null
union all
select 'profile ' || owed.code, 'disclosed_on', '', 'was to be disclosed by ' || owed.due_on || ' and is not'
from ctl_obligations as owed
where owed.regime = 'cn' and owed.obligation_kind = 'profile_change' and owed.due_on <= as_of_on and owed.disclosed_on is null
union all
select 'risk event ' || event.risk_event_id, 'disclosed_at', event.event_kind,
    'happened on ' || event.occurred_on || ' and is not disclosed, ' || allowed.hours || ' hours were allowed'
from {{ ref('stg_risk_events') }} as event
cross join allowed
where event.deleted_at is null and event.disclosed_at is null
    and {{ business_date('(event.occurred_at + allowed.hours * interval 1 hour)') }} <= as_of_on
