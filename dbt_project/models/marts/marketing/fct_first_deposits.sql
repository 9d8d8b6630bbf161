{{ config(materialized='incremental', incremental_strategy='delete+insert', unique_key=['user_id']) }}
-- When a user first paid money in. Movements never change, so that a later build holds new ones against what it knew.
with
arrived as (
    select user_id, occurred_at as deposited_at
    from {{ ref('stg_fund_movements') }}
    where movement_kind = 'deposit' and amount > 0 and _load_seq > {{ seen_load_seq() }}
),

candidates as (
    select * from arrived
    {% if is_incremental() -%}
    union all by name
    select known.* from {{ this }} as known
    where exists (select 1 from arrived where arrived.user_id = known.user_id)
    {%- endif %}
)

select user_id, min(deposited_at) as deposited_at
from candidates
group by user_id
