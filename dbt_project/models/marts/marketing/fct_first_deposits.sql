{{ config(materialized='incremental', incremental_strategy='delete+insert', unique_key=['user_id']) }}
-- When a user first paid money in.
{{ first_of_each_user(ref('stg_fund_movements'), 'occurred_at', {'deposited_at': "(movement_kind = 'deposit' and amount > 0)"}) }}
