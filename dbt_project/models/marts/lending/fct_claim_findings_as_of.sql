{{ config(materialized='table_function', parameters=['as_of_on']) }}
-- One row per finding about the parties of a loan up to the day: its borrower and product, its lenders, the sales of their claims; and
-- about amounts that their table does not allow.
with
transfers as (
    select
        transfer.*,
        loan.borrower_id,
        loan.loan_id is not null as is_disbursed,
        greatest(transfer.transferred_at, loan.disbursed_at) as effective_at
    from {{ ref('stg_claim_transfers') }} as transfer
    left join {{ ref('ldg_loans') }} as loan on loan.loan_id = transfer.loan_id
    where transfer.transferred_on <= as_of_on
),

-- What a holder has of a loan after each instant of a sale; rounding of a share leaves up to half of 10^-24 per change.
held as (
    select loan_id, lender_id, changed_at, {{ as_whole('sum(share_change) over until_then') }} as share
    from {{ ref('ldg_share_changes') }}
    where loan_id in (select transfers.loan_id from transfers)
    window until_then as (partition by loan_id, lender_id order by changed_at, is_transfer)
),

oversold as (
    select distinct loan_id, lender_id, changed_at
    from held
    where share < -100000
),

moved as (
    select loan_id, lender_id, changed_at from {{ ref('ldg_share_changes') }}
    where is_transfer
),

sold as (
    select
        transfers.*,
        case
            when transfers.seller_id = transfers.buyer_id then 'seller and buyer are one'
            when transfers.principal <= 0 then 'no principal changes hands'
            when not transfers.is_disbursed then 'the listing was never disbursed; no figure counts it'
            when moved.loan_id is null then 'nothing of the loan is outstanding then; no claim changes hands'
            when oversold.loan_id is not null then 'user ' || transfers.seller_id || ' sells more than they hold then'
        end as reason
    from transfers
    left join moved on moved.loan_id = transfers.loan_id and moved.lender_id = transfers.seller_id and moved.changed_at = transfers.effective_at
    left join oversold
        on oversold.loan_id = transfers.loan_id and oversold.lender_id = transfers.seller_id and oversold.changed_at = transfers.effective_at
),

named as (
    select 'loan ' || loan.loan_id as entity, 'borrower_id' as field, loan.borrower_id as user_id, 'borrower' as role
    from {{ ref('ldg_loans') }} as loan where loan.disbursed_on <= as_of_on
    union all
    select 'investment ' || investment_id, 'lender_id', lender_id, 'lender' from {{ ref('stg_investments') }} where invested_on <= as_of_on
    union all
    select 'transfer ' || transfer_id, 'seller_id', seller_id, 'seller' from transfers
    union all
    select 'transfer ' || transfer_id, 'buyer_id', buyer_id, 'buyer' from transfers
)

select 'transfer' as finding_kind, 'transfer ' || transfer_id as entity, 'principal' as field, principal::varchar as masked_value,
    'loan ' || loan_id || ': ' || principal || ' from user ' || seller_id || ' to user ' || buyer_id || ': ' || reason as message
from sold
where reason is not null
union all
select 'party', entity, field, user_id::varchar, 'the ' || role || ' is not among the users'
from named
where user_id not in (select known.user_id from {{ ref('ldg_users') }} as known)
union all
select 'party', 'loan ' || loan.loan_id, 'product_id', loan.product_id::varchar, 'the product is not among the products; counted as one that is not promotional'
from {{ ref('ldg_loans') }} as loan
where loan.disbursed_on <= as_of_on and loan.product_id not in (select product.product_id from {{ ref('stg_products') }} as product)
union all
select 'party', 'investment ' || investment.investment_id, 'lender_id', investment.lender_id::varchar,
    'loan ' || investment.loan_id || ': ' || investment.amount || ' of it is lent by its own borrower'
from {{ ref('stg_investments') }} as investment
inner join {{ ref('ldg_loans') }} as loan on loan.loan_id = investment.loan_id and loan.borrower_id = investment.lender_id
where investment.invested_on <= as_of_on
union all
select 'party', 'transfer ' || transfer_id, 'buyer_id', buyer_id::varchar, 'loan ' || loan_id || ': its own borrower buys ' || principal || ' of it'
from transfers
where buyer_id = borrower_id
union all
select 'sign', 'investment ' || investment_id, 'amount', amount::varchar, 'loan ' || loan_id || ': an investment is more than nothing; counted as booked'
from {{ ref('stg_investments') }}
where invested_on <= as_of_on and amount <= 0
union all
select 'sign', 'loan ' || loan_id, 'amount', amount::varchar, 'a loan is of more than nothing; counted as booked'
from {{ ref('ldg_loans') }}
where disbursed_on <= as_of_on and amount <= 0
union all
select 'sign', 'loan ' || line.loan_id, 'instalment ' || line.instalment_no, line.principal_due || ', ' || line.interest_due || ', ' || line.fee_due,
    'plan ' || line.plan_version || ', instalment ' || line.instalment_no || ': less than nothing is due (principal, interest, fee); counted as booked'
from {{ ref('stg_instalments') }} as line
inner join {{ ref('ldg_loans') }} as loan on loan.loan_id = line.loan_id
where line.created_on <= as_of_on and least(line.principal_due, line.interest_due, line.fee_due) < 0
