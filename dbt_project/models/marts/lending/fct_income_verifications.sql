{{ config(materialized='incremental', incremental_strategy='delete+insert', unique_key=['user_id']) }}
-- Since when a user's income or employment is verified.
{{ first_of_each_user(ref('stg_user_verifications'), 'verified_on', {
    'verified_on': "(outcome = 'passed' and verification_kind in ('income', 'employment'))"
}) }}
