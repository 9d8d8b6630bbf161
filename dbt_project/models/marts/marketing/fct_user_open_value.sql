-- What of a registered user's loans and claims is open: the expected further loss at the end of each window of days since the registration
-- and on the latest day; and on the latest day what lenders lost and what the user holds. Promotional loans do not count. Grain: one row
-- per user_id, month_on, window_days and value_kind.
with
people as (select user_id, registered_on from {{ ref('fct_registrations') }}),

loans as (
    select loan_id, borrower_id as user_id, written_off_on
    from {{ ref('fct_loan_risk') }}
    where not is_promotional
),

losses as (
    select loan_id, sum(loss_change_amount) as loss
    from {{ ref('fct_loss_changes') }}
    group by loan_id
),

-- The probability that outstanding principal in a bucket ends as loss, by the twelve months that were over on a day.
rates as (
    select bucket_code, loss_rate, month_end_on as valid_from, last_day(month_end_on + 1) as valid_to
    from {{ ref('fct_expected_losses') }}
    where credit_grade = 'all' and loss_rate is not null
),

borrowers as {{ found_once() }} (
    select user_id, registered_on from people where user_id in (select loans.user_id from loans)
),

-- The days at whose end the expected further loss is computed. The latest day stands for everything to date.
judged_days as (
    {%- for days in value_windows() %}
    select user_id, registered_on + {{ days }} as day_on, {{ days }} as window_days
    from borrowers
    where registered_on + {{ days }} <= {{ latest_business_date() }}
    union all
    {%- endfor %}
    select user_id, {{ latest_business_date() }}, {{ endless_days() }} from borrowers
),

judged as {{ found_once() }} (
    select
        day.user_id,
        day.day_on,
        day.window_days,
        loan.loan_id,
        state.outstanding_amount,
        {{ bucket_of('state.outstanding_amount', 'state.borrower_overdue_since_due_on', 'day.day_on', 'loan.written_off_on') }} as bucket_code
    from judged_days as day
    inner join loans as loan on loan.user_id = day.user_id
    inner join {{ ref('ldg_loan_states') }} as state
        on state.loan_id = loan.loan_id and state.valid_from <= day.day_on and state.valid_to > day.day_on and state.outstanding_amount > 0
),

said as (
    select
        judged.user_id,
        judged.day_on,
        judged.window_days,
        'further_loss' as value_kind,
        judged.outstanding_amount * rates.loss_rate as amount
    from judged
    left join rates
        on rates.bucket_code = judged.bucket_code and rates.valid_from <= judged.day_on and rates.valid_to > judged.day_on
    where judged.bucket_code in ('{{ buckets()[:-2] | join("', '") }}')
    union all
    -- Of a loss, lenders bear what they have not received; whoever compensated them bears the rest.
    select judged.user_id, judged.day_on, judged.window_days, 'lenders_loss', cast(least(judged.outstanding_amount, losses.loss) as decimal(18, 2))
    from judged
    inner join losses on losses.loan_id = judged.loan_id and losses.loss > 0
    where judged.window_days = {{ endless_days() }}
    union all
    -- In units of 10^-18 of what is outstanding, so that products are added up before anything is divided, then to eight decimals.
    select
        share.lender_id,
        {{ latest_business_date() }},
        {{ endless_days() }},
        'position',
        cast({{ rounded_quotient(
            'sum(' ~ coarse_share('share.share') ~ ' * ' ~ cents('state.outstanding_amount') ~ ')', ten_to(12)
        ) }} as decimal(21, 0)) * 0.00000001::decimal(9, 8)
    from {{ ref('ldg_claim_shares') }} as share
    inner join {{ ref('ldg_loans') }} as loan on loan.loan_id = share.loan_id and not loan.is_promotional
    inner join {{ ref('ldg_loan_states') }} as state
        on state.loan_id = share.loan_id and state.outstanding_amount > 0
            and state.valid_from <= {{ latest_business_date() }} and state.valid_to > {{ latest_business_date() }}
    inner join people as person on person.user_id = share.lender_id
    where share.valid_from <= {{ latest_business_date() }} and share.valid_to > {{ latest_business_date() }} and share.share <> 0
    group by share.lender_id
)

-- If the probability of a part is not known, neither is the whole.
select
    user_id,
    date_trunc('month', day_on)::date as month_on,
    window_days,
    value_kind,
    case when count(*) = count(amount) then cast(sum(amount) as decimal(38, 8)) end as amount
from said
group by user_id, date_trunc('month', day_on), window_days, value_kind
