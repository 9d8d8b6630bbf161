{{ config(incremental_strategy='append') }}

{{ staged_append('claim_transfers', [
    'transfer_id',
    'loan_id',
    'seller_id',
    'buyer_id',
    'principal',
    'price',
    'transferred_at',
    business_date('transferred_at') ~ ' as transferred_on'
]) }}
