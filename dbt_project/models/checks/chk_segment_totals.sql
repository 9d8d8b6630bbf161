{{ config(materialized='table_function', parameters=['as_of_on']) }}
-- A row: a total over the borrowers that differs from the total over the loans.
with
loans as (select coalesce(sum(outstanding_amount), 0) as amount from {{ rows_of('rpt_cn_loans_as_of', 'as_of_on') }}),
borrowers as (select coalesce(sum(outstanding_amount), 0) as amount from {{ rows_of('rpt_cn_borrowers_as_of', 'as_of_on') }})

select 'segment borrowers' as entity, 'outstanding_amount' as field, borrowers.amount::varchar as masked_value,
    'borrowers owe ' || borrowers.amount || ', loans ' || loans.amount as message
from loans, borrowers
where loans.amount <> borrowers.amount
