{{ config(materialized='table_function', parameters=['as_of_on']) }}
-- One row per loan disbursed by the day without a loan contract signed by then whose document hash is known; and per buyer of claims in a
-- loan with fewer transfer contracts than purchases. A contract that names no signer may belong to any buyer of the loan, but only to one:
-- where there are fewer of them than contracts missing, every buyer with a missing contract is found.
with
signed as (
    select contract.contract_kind, contract.loan_id, contract.user_id, count(*) as contracts_count
    from {{ ref('fct_loan_contracts') }} as contract
    where contract.has_known_hash and contract.signed_on <= as_of_on
    group by contract.contract_kind, contract.loan_id, contract.user_id
),

bought as (
    select transfer.loan_id, transfer.buyer_id, count(*) as transfers_count
    from {{ ref('stg_claim_transfers') }} as transfer
    where transfer.transferred_on <= as_of_on
    group by transfer.loan_id, transfer.buyer_id
),

lacking as (
    select
        bought.loan_id,
        bought.buyer_id,
        bought.transfers_count,
        coalesce(own.contracts_count, 0) as contracts_count,
        sum(bought.transfers_count - coalesce(own.contracts_count, 0)) over (partition by bought.loan_id) as lacking_count
    from bought
    left join signed as own
        on own.contract_kind = 'claim_transfer' and own.loan_id = bought.loan_id and own.user_id = bought.buyer_id
    where coalesce(own.contracts_count, 0) < bought.transfers_count
)

select 'loan ' || loan.loan_id as entity, 'document_sha256' as field, '0' as masked_value,
    'disbursed on ' || loan.disbursed_on || ' without a signed loan contract whose hash is known' as message
from {{ ref('ldg_loans') }} as loan
anti join (select loan_id from signed where contract_kind = 'loan') as contract on contract.loan_id = loan.loan_id
where loan.disbursed_on <= as_of_on
union all
select 'loan ' || lacking.loan_id || ', buyer ' || lacking.buyer_id, 'document_sha256', lacking.contracts_count::varchar,
    lacking.transfers_count || ' transfers, ' || lacking.contracts_count || ' contracts whose hash is known'
    || coalesce(', and ' || open.contracts_count || ' without a signer for ' || lacking.lacking_count || ' that buyers of the loan lack', '')
from lacking
left join signed as open on open.contract_kind = 'claim_transfer' and open.loan_id = lacking.loan_id and open.user_id is null
where coalesce(open.contracts_count, 0) < lacking.lacking_count
