{{ config(materialized='view') }}

{{ staged_newest('users', ['user_id'], [
    'user_id',
    'user_kind',
    'registered_at',
    'legal_name',
    'id_number',
    'mobile',
    'email',
    'bank_account_no',
    'gender',
    'birth_date',
    'province_code',
    'industry_code',
    'country_code',
    'investor_class',
    'income_band',
    'related_party_kind',
    'status',
    business_date('registered_at') ~ ' as registered_on'
], is_kept=false) }}
