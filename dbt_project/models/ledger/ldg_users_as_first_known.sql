{{ config(materialized='incremental', incremental_strategy='append') }}
-- What was first known of a user, as far as the public may be told of groups. Later versions change nothing here, so that the published
-- groups of a past month do not reveal who has changed since. Grain: one row per user_id.
select
    arrived.user_id,
    arrived.user_kind,
    arrived.province_code,
    arrived.industry_code,
    arrived.income_band,
    arrived._load_seq
from {{ source('arrivals', 'users') }} as arrived
{% if is_incremental() -%}
where arrived.user_id not in (select known.user_id from {{ this }} as known)
{% endif -%}
qualify row_number() over (partition by arrived.user_id order by arrived._load_seq, arrived.updated_at, arrived.file_row_number) = 1
