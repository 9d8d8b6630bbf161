{{ config(materialized='table_macro') }}
-- A row: a loan disbursed by the day without a loan contract signed by then whose document hash is known; or a buyer of claims in a loan with
-- fewer transfer contracts than purchases (contracts that name no signer count for any buyer of that loan).
with
signed as (
    select contract.contract_kind, contract.loan_id, contract.user_id, count(*) as contracts_count
    from {{ ref('fct_loan_contracts') }} as contract
    where contract.signed_on <= as_of_on
    group by contract.contract_kind, contract.loan_id, contract.user_id
),

bought as (
    select transfer.loan_id, transfer.buyer_id, count(*) as transfers_count
    from {{ ref('stg_claim_transfers') }} as transfer
    where transfer.transferred_on <= as_of_on
    group by transfer.loan_id, transfer.buyer_id
)

select 'loan ' || loan.loan_id as entity, 'document_sha256' as field, '0' as masked_value,
    'disbursed on ' || loan.disbursed_on || ' without a signed loan contract whose hash is known' as message
from {{ ref('ldg_loans') }} as loan
anti join (select loan_id from signed where contract_kind = 'loan') as contract on contract.loan_id = loan.loan_id
where loan.disbursed_on <= as_of_on
union all
select 'loan ' || bought.loan_id || ', buyer ' || bought.buyer_id, 'document_sha256', (coalesce(own.contracts_count, 0) + coalesce(open.contracts_count, 0))::varchar,
    bought.transfers_count || ' transfers, ' || (coalesce(own.contracts_count, 0) + coalesce(open.contracts_count, 0)) || ' contracts whose hash is known'
from bought
left join signed as own on own.contract_kind = 'claim_transfer' and own.loan_id = bought.loan_id and own.user_id = bought.buyer_id
left join signed as open on open.contract_kind = 'claim_transfer' and open.loan_id = bought.loan_id and open.user_id is null
where coalesce(own.contracts_count, 0) + coalesce(open.contracts_count, 0) < bought.transfers_count
