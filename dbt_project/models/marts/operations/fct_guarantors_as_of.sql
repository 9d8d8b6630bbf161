{{ config(materialized='table_function', parameters=['as_of_on']) }}
-- What each institution that guarantees or insures loans stood behind on a day, compared with its limit; how the borrowers of these loans
-- pay; and how long it took to pay in their place, from the due date. Grain: one row per institution_id.
with
readings as (
    select counts_promotional from {{ ref('dim_regime_readings') }} where is_home and valid_from <= as_of_on and valid_to > as_of_on
),

loans as {{ found_once() }} (
    select loan.*
    from {{ rows_of('fct_loans_as_of', 'as_of_on') }} as loan
    inner join readings on readings.counts_promotional or not loan.is_promotional
    where loan.institution_id is not null
),

exposures as (
    select segment.segment_id::bigint as institution_id, segment.outstanding_loans_count, segment.outstanding_amount, segment.overdue_amount
    from {{ rows_of('fct_portfolio_as_of', 'as_of_on') }} as segment
    inner join readings on readings.counts_promotional = segment.counts_promotional
    where segment.segment_kind = 'institution' and segment.segment_id <> 'none'
),

borrowers as (
    select
        institution_id,
        count(*) as loans_count,
        count(*) filter (where borrower_past_due_days > 30) as over_30_loans_count,
        count(*) filter (where borrower_past_due_days > 90) as over_90_loans_count,
        max(past_due_days) as oldest_past_due_days
    from loans
    group by institution_id
),

reversals as (
    select reverses_repayment_id, sum(principal + interest) as amount
    from {{ ref('stg_repayments') }}
    where reverses_repayment_id is not null and paid_on <= as_of_on
    group by reverses_repayment_id
),

-- A compensation counts less what of it was taken back; one that was taken back whole does not count.
payments as (
    select
        loans.institution_id,
        repayment.principal + repayment.interest + coalesce(reversal.amount, 0) as amount,
        repayment.payee_kind <> 'lenders' as is_recovery,
        date_diff('day', line.due_on, repayment.paid_on) as late_days
    from {{ ref('stg_repayments') }} as repayment
    inner join loans on loans.loan_id = repayment.loan_id
    left join {{ ref('ldg_plans') }} as plan
        on plan.loan_id = repayment.loan_id and plan.valid_from <= repayment.paid_on and plan.valid_to > repayment.paid_on
    left join {{ ref('stg_instalments') }} as line
        on line.loan_id = plan.loan_id and line.plan_version = plan.plan_version and line.instalment_no = repayment.instalment_no
    left join reversals as reversal on reversal.reverses_repayment_id = repayment.repayment_id
    where repayment.paid_on <= as_of_on and repayment.principal + repayment.interest + coalesce(reversal.amount, 0) > 0
        and repayment.reverses_repayment_id is null
        and (
            (repayment.payer_kind in ('guarantor', 'insurer') and repayment.payee_kind = 'lenders')
            or (repayment.payer_kind = 'borrower' and repayment.payee_kind in ('guarantor', 'insurer'))
        )
),

ranked as (
    select
        institution_id,
        late_days,
        row_number() over (partition by institution_id order by late_days) as place_no,
        count(*) over (partition by institution_id) as values_count
    from payments
    where not is_recovery and late_days is not null
),

waits as (
    select
        institution_id,
        min(late_days) filter (where 2 * place_no >= values_count) as median_compensation_days,
        min(late_days) filter (where 10 * place_no >= 9 * values_count) as ninetieth_compensation_days
    from ranked
    group by institution_id
),

paid as (
    select
        institution_id,
        count(*) filter (where not is_recovery) as compensations_count,
        sum(case when is_recovery then 0 else amount end) as compensated_amount,
        sum(case when is_recovery then amount else 0 end) as recovered_amount
    from payments
    group by institution_id
)

select
    institution.institution_id,
    institution.name,
    institution.institution_kind,
    institution.guarantee_limit,
    coalesce(exposures.outstanding_loans_count, 0) as outstanding_loans_count,
    coalesce(exposures.outstanding_amount, 0) as outstanding_amount,
    case when institution.guarantee_limit > 0
        then cast({{ shown(rounded_quotient(cents('coalesce(exposures.outstanding_amount, 0)') ~ ' * 1000000', cents('institution.guarantee_limit')), 6) }} as decimal(12, 6))
    end as limit_use_share,
    coalesce(borrowers.loans_count, 0) as loans_count,
    coalesce(borrowers.over_30_loans_count, 0) as over_30_loans_count,
    coalesce(borrowers.over_90_loans_count, 0) as over_90_loans_count,
    coalesce(exposures.overdue_amount, 0) as overdue_amount,
    coalesce(borrowers.oldest_past_due_days, 0) as oldest_past_due_days,
    coalesce(paid.compensations_count, 0) as compensations_count,
    cast(coalesce(paid.compensated_amount, 0) as decimal(34, 2)) as compensated_amount,
    cast(coalesce(paid.recovered_amount, 0) as decimal(34, 2)) as recovered_amount,
    waits.median_compensation_days,
    waits.ninetieth_compensation_days
from {{ ref('dim_institutions') }} as institution
left join exposures on exposures.institution_id = institution.institution_id
left join borrowers on borrowers.institution_id = institution.institution_id
left join paid on paid.institution_id = institution.institution_id
left join waits on waits.institution_id = institution.institution_id
-- Where the platform does not say who guarantees which loan, there are no rows.
where coalesce({{ if_supplied('loans.institution_id', 'true') }}, false)
    and (
        institution.institution_kind in ('guarantee', 'insurer') or institution.guarantee_limit is not null
        or paid.compensations_count > 0
    )
