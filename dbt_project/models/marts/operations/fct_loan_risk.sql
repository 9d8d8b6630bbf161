-- What risk models need of a loan, computed once: when it first was more than so many days past due, whether its first instalment was paid,
-- and its segments. Days are computed from the ledger's intervals, so any day counts, not only month ends; up to the latest day, since the
-- ledger also knows what happens later if nothing is paid. Grain: one row per loan_id.
{%- set views = [('', 'borrower_overdue_since_due_on', [30, 90, 180]), ('lender_', 'overdue_since_due_on', [30, 90])] %}
with
-- The platform's judgement when it lent: a later judgement of a borrower who stopped paying would predict the past.
assessed as (
    select
        assessment.loan_id,
        arg_max(assessment.credit_grade, assessment.assessed_on) filter (assessment.credit_grade is not null) as credit_grade,
        arg_max({'rate': assessment.expected_default_rate}, assessment.assessed_on).rate as expected_default_rate
    from {{ ref('fct_loan_assessments') }} as assessment
    inner join {{ ref('ldg_loans') }} as loan on loan.loan_id = assessment.loan_id and assessment.assessed_on <= loan.disbursed_on
    group by assessment.loan_id
),

past_due as (
    select
        loan_id
        {%- for view, since, ages in views %}{% for days in ages %},
        min(greatest(valid_from, {{ since }} + {{ days + 1 }})) filter ({{ since }} + {{ days + 1 }} < valid_to) as {{ view }}first_over_{{ days }}_on
        {%- endfor %}{% endfor %}
    from {{ ref('ldg_loan_states') }}
    where borrower_overdue_since_due_on + 31 < valid_to or overdue_since_due_on + 31 < valid_to
    group by loan_id
),

first_lines as (
    select loan_id, plan_version, min(instalment_no) as instalment_no, arg_min(due_on, instalment_no) filter (due_on is not null) as due_on
    from {{ ref('stg_instalments') }}
    group by loan_id, plan_version
),

-- An extension before the thirty days are over moves the day; a plan for the rest has another first instalment.
judged as (
    select plan.loan_id, min(line.instalment_no) as instalment_no, min(greatest(line.due_on + 30, plan.valid_from)) as judged_on
    from {{ ref('ldg_plans') }} as plan
    inner join first_lines as line on line.loan_id = plan.loan_id and line.plan_version = plan.plan_version
    where plan.covers <> 'rest' and greatest(line.due_on + 30, plan.valid_from) < plan.valid_to
    group by plan.loan_id
),

unpaid as (
    select distinct judged.loan_id
    from judged
    inner join {{ ref('ldg_instalment_states') }} as state
        on state.loan_id = judged.loan_id and state.instalment_no = judged.instalment_no and not state.is_settled_by_borrower
            and state.valid_from <= judged.judged_on and state.valid_to > judged.judged_on
),

written_off as (
    select loan_id, min(occurred_on) as written_off_on
    from {{ ref('fct_loan_events') }}
    where event_kind = 'write_off'
    group by loan_id
),

-- Where the platform keeps no events, the state of the loan shows it.
closed as (
    select loan_id, closed_on from {{ ref('stg_loans') }} where status = 'written_off'
)

select
    loan.loan_id,
    loan.borrower_id,
    loan.institution_id,
    loan.is_promotional,
    loan.disbursed_on,
    date_trunc('month', loan.disbursed_on)::date as disbursed_month_on,
    loan.amount,
    coalesce(
        {{ own_name('assessed.credit_grade') }}, {{ if_supplied('loans.credit_grade', own_name('listing.credit_grade')) }}, 'none'
    ) as credit_grade,
    assessed.expected_default_rate,
    coalesce(person.channel, 'unknown') as channel,
    {%- for day in ['first_over_30_on', 'first_over_90_on', 'first_over_180_on', 'lender_first_over_30_on', 'lender_first_over_90_on'] %}
    case when past_due.{{ day }} <= {{ latest_business_date() }} then past_due.{{ day }} end as {{ day }},
    {%- endfor %}
    case when judged.judged_on <= {{ latest_business_date() }} then judged.judged_on end as first_payment_judged_on,
    case when unpaid.loan_id is not null and judged.judged_on <= {{ latest_business_date() }} then judged.judged_on end as first_payment_default_on,
    -- A loan that is not disbursed cannot be lost yet.
    case
        when coalesce(written_off.written_off_on, closed.closed_on) is not null
            then greatest(coalesce(written_off.written_off_on, closed.closed_on), loan.disbursed_on)
    end as written_off_on
from {{ ref('ldg_loans') }} as loan
inner join {{ ref('stg_loans') }} as listing on listing.loan_id = loan.loan_id
left join assessed on assessed.loan_id = loan.loan_id
left join {{ ref('fct_registrations') }} as person on person.user_id = loan.borrower_id
left join past_due on past_due.loan_id = loan.loan_id
left join judged on judged.loan_id = loan.loan_id
left join unpaid on unpaid.loan_id = loan.loan_id
left join written_off on written_off.loan_id = loan.loan_id
left join closed on closed.loan_id = loan.loan_id
