{{ config(incremental_strategy='append') }}

{{ staged_append('instalments', [
    'loan_id',
    'plan_version',
    'instalment_no',
    'due_on',
    'principal_due',
    'interest_due',
    'fee_due',
    business_date('created_at') ~ ' as created_on'
]) }}
