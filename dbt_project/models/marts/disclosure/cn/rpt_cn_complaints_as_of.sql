{{ config(materialized='table_function', parameters=['as_of_on']) }}
-- One row per complaint that was received or resolved in the month of the day, or is open at its end.
select
    complaint_id,
    complaint_kind,
    (received_on between date_trunc('month', as_of_on)::date and as_of_on)::integer as received_count,
    coalesce(resolved_on between date_trunc('month', as_of_on)::date and as_of_on, false)::integer as resolved_count,
    (received_on <= as_of_on and (resolved_on is null or resolved_on > as_of_on))::integer as open_count
from {{ ref('stg_complaints') }}
where deleted_at is null and received_on <= as_of_on
