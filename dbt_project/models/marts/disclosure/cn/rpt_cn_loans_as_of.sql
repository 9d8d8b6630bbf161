{{ config(materialized='table_macro') }}
-- depends_on: {{ ref('rpt_cn_scope_as_of') }}
-- One row a loan in scope that was disbursed by the day, with what it adds to each figure.
with
compensated as (
    select
        repayment.loan_id,
        sum(repayment.principal + repayment.interest + repayment.penalty) as compensated_amount
    from {{ ref('stg_repayments') }} as repayment
    inner join {{ ref('ldg_loans') }} as loan on loan.loan_id = repayment.loan_id
    where repayment.payee_kind = 'lenders'
        and repayment.payer_kind in ('guarantor', 'insurer', 'risk_reserve')
        and greatest(repayment.paid_on, loan.disbursed_on) <= as_of_on
    group by repayment.loan_id
),

measured as (
    select
        loan.*,
        readings.over_90_reading,
        coalesce(compensated.compensated_amount, 0) as compensated_amount,
        party.related_party_kind,
        loan.disbursed_on >= date_trunc('month', as_of_on)::date as is_of_month
    from rpt_cn_scope_as_of(as_of_on) as loan
    cross join rpt_cn_readings_as_of(as_of_on) as readings
    left join compensated on compensated.loan_id = loan.loan_id
    left join {{ ref('stg_users') }} as party
        on party.user_id = loan.borrower_id and party.related_party_kind is not null and party.deleted_at is null
)

select
    loan_id,
    borrower_id,
    amount,
    1 as loans_count,
    outstanding_amount,
    (outstanding_amount > 0)::integer as outstanding_loans_count,
    interest_outstanding_amount,
    (interest_outstanding_amount > 0)::integer as interest_outstanding_loans_count,
    outstanding_amount + interest_outstanding_amount as owed_amount,
    case when related_party_kind is not null then outstanding_amount else 0 end as related_party_outstanding_amount,
    (related_party_kind is not null and outstanding_amount > 0)::integer as related_party_loans_count,
    overdue_amount,
    past_due_days,
    borrower_past_due_days,
    (past_due_days > 0)::integer as overdue_loans_count,
    case
        when past_due_days <= 90 then 0
        when over_90_reading = 'overdue_amount' then overdue_amount
        else outstanding_amount
    end as over_90_amount,
    (past_due_days > 90)::integer as over_90_loans_count,
    (past_due_days between 1 and 90)::integer as overdue_1_90_loans_count,
    (past_due_days between 91 and 180)::integer as overdue_91_180_loans_count,
    (past_due_days > 180)::integer as overdue_over_180_loans_count,
    case when past_due_days between 1 and 90 then overdue_amount else 0 end as overdue_1_90_amount,
    case when past_due_days between 91 and 180 then overdue_amount else 0 end as overdue_91_180_amount,
    case when past_due_days > 180 then overdue_amount else 0 end as overdue_over_180_amount,
    compensated_amount,
    (compensated_amount > 0)::integer as compensated_loans_count,
    case when is_of_month then amount else 0 end as month_amount,
    is_of_month::integer as month_loans_count,
    case when is_of_month then amount * term_months else 0 end as month_amount_months,
    case when is_of_month then cast(amount as decimal(20, 2)) * annual_rate else 0 end as month_amount_rate
from measured
