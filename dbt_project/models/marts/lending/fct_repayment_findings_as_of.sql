{{ config(materialized='table_function', parameters=['as_of_on']) }}
-- One row per finding about a repayment up to the day, or about money received on an instalment. Each payment is counted as booked, as far
-- as arithmetic allows; nothing is left out without a row here.
with
repayments as (
    select
        *,
        principal + interest as amount
    from {{ ref('stg_repayments') }}
    where paid_on <= as_of_on
),

reversals as (
    select * from repayments
    where reverses_repayment_id is not null
),

reversed as (
    select
        reversal.*,
        target.loan_id as target_loan_id,
        target.payer_kind as target_payer_kind,
        target.payee_kind as target_payee_kind,
        target.paid_at as target_paid_at,
        target.principal as target_principal,
        target.interest as target_interest,
        target.penalty as target_penalty,
        target.fee as target_fee
    from reversals as reversal
    left join {{ ref('stg_repayments') }} as target on target.repayment_id = reversal.reverses_repayment_id
),

unplaced as (
    select repayments.*, in_force.plan_version
    from repayments
    inner join {{ ref('ldg_plans') }} as in_force
        on in_force.loan_id = repayments.loan_id and in_force.valid_from <= as_of_on and in_force.valid_to > as_of_on
            and (in_force.covers <> 'rest' or repayments.paid_at > in_force.made_at)
    left join {{ ref('stg_instalments') }} as line
        on line.loan_id = in_force.loan_id and line.plan_version = in_force.plan_version and line.instalment_no = repayments.instalment_no
    where line.loan_id is null
        and repayments.loan_id in (
            select reapplied.loan_id from {{ ref('ldg_reapplied_loans') }} as reapplied where reapplied.reason = 'no_such_instalment'
        )
)

select 'sign' as finding_kind, 'repayment ' || repayment_id as entity, 'principal' as field,
    principal || ', ' || interest || ', ' || penalty || ', ' || fee as masked_value,
    'loan ' || loan_id || ': ' || case
        when reverses_repayment_id is null then 'a repayment of less than nothing that reverses none'
        else 'a reversal that is not of less than nothing'
    end || ' (principal, interest, penalty, fee); counted as booked' as message
from repayments
where (reverses_repayment_id is null and least(principal, interest, penalty, fee) < 0)
    or (reverses_repayment_id is not null and greatest(principal, interest, penalty, fee) > 0)
union all
select 'reversal', 'repayment ' || repayment_id, 'reverses_repayment_id', reverses_repayment_id::varchar,
    'loan ' || loan_id || ': ' || case
        when target_paid_at is null then 'reverses repayment ' || reverses_repayment_id || ', which is not there'
        when target_loan_id <> loan_id then 'reverses repayment ' || reverses_repayment_id || ' of loan ' || target_loan_id
        when target_paid_at > paid_at then 'reverses repayment ' || reverses_repayment_id || ' before that was paid'
        when target_payer_kind <> payer_kind or target_payee_kind <> payee_kind
            then 'says another payer or payee than repayment ' || reverses_repayment_id || ', which it reverses'
        else 'takes back more than repayment ' || reverses_repayment_id || ' was'
    end || '; ' || amount || ' counted as booked'
from reversed
where target_paid_at is null or target_loan_id <> loan_id or target_paid_at > paid_at
    or target_payer_kind <> payer_kind or target_payee_kind <> payee_kind
    or -principal > target_principal or -interest > target_interest or -penalty > target_penalty or -fee > target_fee
union all
select 'reversal', 'repayment ' || reverses_repayment_id, 'repayment_id', count(*)::varchar,
    'loan ' || min(loan_id) || ': reversed by ' || count(*) || ' rows, repayments ' || min(repayment_id) || ' to ' || max(repayment_id)
    || '; ' || sum(amount) || ' counted as booked'
from reversals
group by reverses_repayment_id
having count(*) > 1
union all
select 'received_below_nothing', 'loan ' || payment.loan_id, 'instalment ' || payment.instalment_no,
    (payment.lender_principal_to_date_amount + payment.lender_interest_to_date_amount)::varchar,
    -(payment.lender_principal_to_date_amount + payment.lender_interest_to_date_amount) || ' beyond what was paid on instalment '
    || payment.instalment_no || ' has been taken back; counted as nothing received'
from {{ ref('ldg_instalment_payments') }} as payment
where payment.paid_on <= as_of_on and payment.next_paid_on > as_of_on
    and payment.lender_principal_to_date_amount + payment.lender_interest_to_date_amount < 0
union all
select 'no_such_instalment', 'repayment ' || repayment_id, 'instalment_no', instalment_no::varchar,
    'loan ' || loan_id || ': plan ' || plan_version || ' has no instalment ' || instalment_no || '; ' || amount
    || ' applied to the oldest instalment'
from unplaced
union all
select 'paid_without_loan', 'repayment ' || repayments.repayment_id, 'loan_id', repayments.loan_id::varchar,
    'loan ' || repayments.loan_id || ': ' || repayments.amount || case
        when loan.loan_id is null then ' paid on a listing that was never disbursed, or is not there; no figure counts it'
        else ' paid before the disbursement on ' || loan.disbursed_on || '; counted from then on'
    end
from repayments
left join {{ ref('ldg_loans') }} as loan on loan.loan_id = repayments.loan_id
where loan.loan_id is null or repayments.paid_at < loan.disbursed_at
