{{ config(incremental_strategy='append') }}

{{ staged_append('repayments', [
    'repayment_id',
    'loan_id',
    'instalment_no',
    'paid_at',
    'principal',
    'interest',
    'penalty',
    'fee',
    'payer_kind',
    'payee_kind',
    'reverses_repayment_id',
    business_date('paid_at') ~ ' as paid_on'
]) }}
