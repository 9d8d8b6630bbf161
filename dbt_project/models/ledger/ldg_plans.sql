{{ config(materialized='incremental', incremental_strategy='append', pre_hook="{{ forget_touched_loans() }}") }}
-- When each plan version was in force: from its creation (not before the disbursement) until any higher version existed.
with
versions as (
    select plan.loan_id, plan.plan_version, loan.disbursed_on, min(plan.created_on) as created_on
    from {{ ref('stg_instalments') }} as plan
    inner join {{ touched_loans() }} as loan on loan.loan_id = plan.loan_id
    group by all
),

intervals as (
    select
        loan_id,
        plan_version,
        greatest(created_on, disbursed_on) as valid_from,
        greatest(coalesce(min(created_on) over (
            partition by loan_id order by plan_version rows between 1 following and unbounded following
        ), {{ open_end() }}), disbursed_on) as valid_to
    from versions
)

select * from intervals
where valid_from < valid_to
