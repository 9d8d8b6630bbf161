{{ config(incremental_strategy='delete+insert', unique_key=['loan_id']) }}

{{ staged_newest('loans', ['loan_id'], [
    'loan_id',
    'application_id',
    'borrower_id',
    'product_id',
    'institution_id',
    'branch_id',
    'original_lender_id',
    'amount',
    'annual_rate',
    'borrower_annual_cost',
    'term_months',
    'credit_grade',
    'purpose',
    'collateral_value',
    'listed_at',
    'fully_funded_at',
    'disbursed_at',
    'closed_at',
    'status',
    business_date('listed_at') ~ ' as listed_on',
    business_date('fully_funded_at') ~ ' as fully_funded_on',
    business_date('disbursed_at') ~ ' as disbursed_on',
    business_date('closed_at') ~ ' as closed_on'
]) }}
