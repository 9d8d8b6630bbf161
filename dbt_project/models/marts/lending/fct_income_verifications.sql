{{ config(materialized='incremental', incremental_strategy='delete+insert', unique_key=['user_id']) }}
-- Since when a user's income or employment is verified. Verifications never change, so that a later build holds new ones against what it knew.
with
arrived as (
    select user_id, verified_on
    from {{ ref('stg_user_verifications') }}
    where outcome = 'passed' and verification_kind in ('income', 'employment') and _load_seq > {{ seen_load_seq() }}
),

candidates as (
    select * from arrived
    {% if is_incremental() -%}
    union all by name
    select known.* from {{ this }} as known
    where exists (select 1 from arrived where arrived.user_id = known.user_id)
    {%- endif %}
)

select user_id, min(verified_on) as verified_on
from candidates
group by user_id
