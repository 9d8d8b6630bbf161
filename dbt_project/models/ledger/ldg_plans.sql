{{ config(materialized='incremental', incremental_strategy='append', pre_hook="{{ forget_touched_loans() }}") }}
-- When each plan version was in force: from its creation (not before the disbursement) until any higher version existed. The first known
-- one is in force from the disbursement. Which money counts for its lines depends on the sum of its principal.
with
versions as (
    select
        plan.loan_id,
        plan.plan_version,
        loan.disbursed_on,
        loan.amount,
        min(plan.created_on) as created_on,
        min(plan.created_at) as made_at,
        cast(sum(plan.principal_due) as decimal(38, 2)) as principal_amount
    from {{ ref('stg_instalments') }} as plan
    inner join {{ touched_loans() }} as loan on loan.loan_id = plan.loan_id
    group by plan.loan_id, plan.plan_version, loan.disbursed_on, loan.amount
),

received as (
    select version.loan_id, version.plan_version, sum(repayment.principal) as received_amount
    from versions as version
    inner join {{ ref('stg_repayments') }} as repayment
        on repayment.loan_id = version.loan_id and repayment.payee_kind = 'lenders' and repayment.paid_at <= version.made_at
    where version.principal_amount <> version.amount
    group by version.loan_id, version.plan_version
),

intervals as (
    select
        *,
        greatest(created_on, disbursed_on) as valid_from,
        greatest(coalesce(min(created_on) over (
            partition by loan_id order by plan_version rows between 1 following and unbounded following
        ), {{ open_end() }}), disbursed_on) as valid_to
    from versions
)

select
    interval_of.loan_id,
    interval_of.plan_version,
    case
        when interval_of.valid_from = min(interval_of.valid_from) over (partition by interval_of.loan_id) then interval_of.disbursed_on
        else interval_of.valid_from
    end as valid_from,
    interval_of.valid_to,
    interval_of.created_on,
    interval_of.made_at,
    interval_of.principal_amount,
    case
        when interval_of.principal_amount = interval_of.amount then 'whole'
        when interval_of.principal_amount
            = {{ within('interval_of.amount - coalesce(received.received_amount, 0)', '0', 'interval_of.amount') }} then 'rest'
        else 'neither'
    end as covers
from intervals as interval_of
left join received on received.loan_id = interval_of.loan_id and received.plan_version = interval_of.plan_version
where interval_of.valid_from < interval_of.valid_to
