-- When each user first took each step of a borrower. Promotional listings do not count: the platform itself funds them. Grain: one row per user_id.
with
products as (select product_id, is_promotional from {{ ref('stg_products') }}),

applications as (
    select
        application.borrower_id as user_id,
        min(application.applied_at) as applied_at,
        min(application.decided_at) filter (application.decision = 'approved') as approved_at
    from {{ ref('stg_loan_applications') }} as application
    left join products as product on product.product_id = application.product_id
    where application.deleted_at is null and not coalesce(product.is_promotional, false)
    group by application.borrower_id
),

listings as (
    select listing.loan_id, listing.borrower_id, listing.amount, listing.fully_funded_at, listing.disbursed_at, listing.disbursed_on
    from {{ ref('stg_loans') }} as listing
    left join products as product on product.product_id = listing.product_id
    where listing.deleted_at is null and not coalesce(product.is_promotional, false)
),

loans as (
    select
        borrower_id as user_id,
        min(fully_funded_at) as fully_funded_at,
        min(disbursed_at) as first_disbursed_at,
        {% set order = instant_and_number('disbursed_at', 'loan_id') -%}
        arg_min({'disbursed_on': disbursed_on, 'amount': amount}, {{ order }}) filter (disbursed_at is not null) as first_loan,
        {{ second_least('disbursed_at') }} as second_disbursed_at
    from listings
    group by borrower_id
),

reversals as (
    select reverses_repayment_id as repayment_id, sum(principal + interest + penalty + fee) as amount
    from {{ ref('stg_repayments') }}
    where reverses_repayment_id is not null
    group by reverses_repayment_id
),

-- A payment that was reversed was none.
repaid_loans as (
    select repayment.loan_id, min(repayment.paid_at) as repaid_at
    from {{ ref('stg_repayments') }} as repayment
    left join reversals as reversal on reversal.repayment_id = repayment.repayment_id
    where repayment.payer_kind = 'borrower'
        and repayment.principal + repayment.interest + repayment.penalty + repayment.fee + coalesce(reversal.amount, 0) > 0
    group by repayment.loan_id
),

repaid as (
    select listing.borrower_id as user_id, min(repaid_loan.repaid_at) as repaid_at
    from repaid_loans as repaid_loan
    inner join listings as listing on listing.loan_id = repaid_loan.loan_id
    group by listing.borrower_id
),

borrowers as (
    select user_id from applications
    union
    select user_id from loans
)

select
    borrower.user_id,
    application.applied_at,
    application.approved_at,
    loan.fully_funded_at,
    loan.first_disbursed_at,
    loan.first_loan.disbursed_on as first_disbursed_on,
    loan.first_loan.amount as first_loan_amount,
    repaid.repaid_at,
    loan.second_disbursed_at
from borrowers as borrower
left join applications as application on application.user_id = borrower.user_id
left join loans as loan on loan.user_id = borrower.user_id
left join repaid on repaid.user_id = borrower.user_id
