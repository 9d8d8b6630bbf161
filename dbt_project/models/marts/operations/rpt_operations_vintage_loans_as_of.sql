{{ config(materialized='table_function', parameters=['as_of_on']) }}
-- The state of each loan at the last month end up to a day, for the months of disbursement before it: the loans behind fct_vintages. Grain:
-- one row per loan_id.
with
population as (
    {{ home_population() }}
),

ends as (
    select {{ month_end_by('judged_on') }} as month_end_on
    from (select least(as_of_on, {{ latest_business_date() }}) as judged_on)
),

losses as (
    select loss.loan_id, sum(loss.loss_change_amount) as realised_loss_amount, sum(loss.recovered_amount) as recovered_amount
    from {{ ref('fct_loss_changes') }} as loss
    inner join ends on loss.changed_on <= ends.month_end_on
    group by loss.loan_id
)

select
    risk.loan_id,
    risk.disbursed_month_on,
    risk.credit_grade,
    risk.channel,
    risk.amount,
    {{ if_so('risk.first_over_30_on <= ends.month_end_on', 'risk.amount') }} as over_30_amount,
    {{ if_so('risk.first_over_90_on <= ends.month_end_on', 'risk.amount') }} as over_90_amount,
    coalesce(losses.realised_loss_amount, 0) as realised_loss_amount,
    coalesce(losses.recovered_amount, 0) as recovered_amount,
    {{ if_so('risk.first_payment_judged_on <= ends.month_end_on') }} as first_payment_due_count,
    {{ if_so('risk.first_payment_default_on <= ends.month_end_on') }} as first_payment_default_count
from {{ ref('fct_loan_risk') }} as risk
inner join population on population.counts_promotional or not risk.is_promotional
cross join ends
left join losses on losses.loan_id = risk.loan_id
where risk.disbursed_month_on < date_trunc('month', ends.month_end_on)::date
