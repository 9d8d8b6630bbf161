{{ config(materialized='incremental', incremental_strategy='delete+insert', unique_key=['user_id']) }}
-- What figures and forms of any day need of a user. Names and identity numbers are masked here, so that a snapshot holds nobody's. What
-- nothing reads of a user (telephone, e-mail, bank account, birth) stays in the lake.
{{ staged_newest('users', [
    'user_id',
    'user_kind',
    masked_name('legal_name') ~ ' as masked_name',
    masked_number('id_number') ~ ' as masked_id_number',
    'registered_at',
    'province_code',
    'industry_code',
    'income_band',
    'related_party_kind',
    business_date('registered_at') ~ ' as registered_on'
], is_kept=true) }}
