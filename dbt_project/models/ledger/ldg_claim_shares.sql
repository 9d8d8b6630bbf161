{{ config(materialized='incremental', incremental_strategy='append', pre_hook="{{ forget_touched_loans() }}") }}
-- The share of a loan that a lender held, from the end of one day on which it changed to the next such day.
with
daily as (
    select loan_id, lender_id, changed_on, {{ as_whole('sum(share_change)') }} as share_change
    from {{ ref('ldg_share_changes') }}
    where {{ is_touched() }}
    group by loan_id, lender_id, changed_on
)

select
    loan_id,
    lender_id,
    changed_on as valid_from,
    coalesce(lead(changed_on) over (partition by loan_id, lender_id order by changed_on), {{ open_end() }}) as valid_to,
    {{ as_whole('sum(share_change) over (partition by loan_id, lender_id order by changed_on)') }} as share
from daily
