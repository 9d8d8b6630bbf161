{{ config(materialized='table_macro') }}
-- depends_on: {{ ref('rpt_cn_borrowers_as_of') }}
-- A row: a borrower of kind individual who owes more than the limit in force on the day.
with
cap as (
    select max_by(amount, valid_from) as amount
    from {{ ref('cn_limits') }}
    where limit_code = 'natural_person_outstanding' and valid_from <= as_of_on
)

select 'user ' || owed.borrower_id as entity, 'outstanding_amount' as field, owed.outstanding_amount::varchar as masked_value,
    'owes ' || owed.outstanding_amount || ', the limit is ' || cap.amount as message
from rpt_cn_borrowers_as_of(as_of_on) as owed
cross join cap
inner join {{ ref('stg_users') }} as borrower on borrower.user_id = owed.borrower_id
where borrower.user_kind = 'individual' and owed.outstanding_amount > cap.amount
