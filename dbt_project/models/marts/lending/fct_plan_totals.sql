{{ config(materialized='incremental', incremental_strategy='append', pre_hook="{{ forget_touched_loans() }}") }}
-- The sums of the instalments of each plan of a loan; stored because edits of every day need them for every loan.
select
    loan.loan_id,
    instalment.plan_version,
    count(*)::integer as instalments_count,
    cast(sum(instalment.principal_due) as decimal(38, 2)) as principal_amount,
    cast(sum(instalment.interest_due) as decimal(38, 2)) as interest_amount,
    cast(sum(instalment.fee_due) as decimal(38, 2)) as fee_amount,
    -- Widened first: principal on a day far in the future is more than its own type holds.
    cast(sum(cast(instalment.principal_due as decimal(26, 2)) * ({{ days_of_360('loan.disbursed_on', 'instalment.due_on') }})) as decimal(38, 2)) as principal_days_amount
from {{ touched_loans() }} as loan
inner join {{ ref('stg_instalments') }} as instalment on instalment.loan_id = loan.loan_id
group by loan.loan_id, instalment.plan_version
