{{ config(materialized='incremental', incremental_strategy='append', pre_hook="{{ forget_touched_loans() }}") }}
-- The share of a loan that a lender held between two changes of it.
select
    loan_id,
    lender_id,
    changed_on as valid_from,
    coalesce(lead(changed_on) over (partition by loan_id, lender_id order by changed_on), {{ open_end() }}) as valid_to,
    sum(share_change) over (partition by loan_id, lender_id order by changed_on)::hugeint as share
from {{ ref('ldg_share_changes') }}
where loan_id in (select loan_id from {{ ref('ldg_touched_loans') }})
