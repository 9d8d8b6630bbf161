{{ config(materialized='view') }}
-- What a registered user is worth: what happened, and what is open. Grain: one row per user_id, month_on, window_days and value_kind.
select user_id, month_on, window_days, value_kind, amount from {{ ref('fct_user_event_value') }}
union all
select user_id, month_on, window_days, value_kind, amount from {{ ref('fct_user_open_value') }}
