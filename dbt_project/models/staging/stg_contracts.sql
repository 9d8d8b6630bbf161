{{ config(materialized='view') }}

{{ staged_append('contracts', [
    'contract_id',
    'contract_kind',
    'loan_id',
    'user_id',
    'signed_at',
    'document_sha256',
    'signature_kind',
    business_date('signed_at') ~ ' as signed_on'
], is_kept=false) }}
