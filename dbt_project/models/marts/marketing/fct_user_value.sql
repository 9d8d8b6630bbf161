-- What a registered user brought, lent, borrowed and lost, by month and by days since the registration, up to the latest day: sums of
-- events, and the expected further loss at the end of each window. Promotional loans do not count. Grain: one row per user_id, month_on,
-- window_days and value_kind.
with
people as (select user_id, registered_on from {{ ref('fct_registrations') }}),

loans as {{ found_once() }} (
    select
        loan_id, borrower_id as user_id, disbursed_on, disbursed_month_on, amount, first_over_30_on, first_over_90_on, written_off_on
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

-- The days at whose end the expected further loss is computed. The latest day stands for everything to date.
judged_days as (
    {%- for days in value_windows() %}
    select user_id, registered_on + {{ days }} as day_on, {{ days }} as window_days
    from people
    where registered_on + {{ days }} <= {{ latest_business_date() }}
    union all
    {%- endfor %}
    select user_id, {{ latest_business_date() }}, {{ endless_days() }} from people
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

happened as (
    select user_id, charged_on as day_on, 'revenue' as value_kind, amount from {{ ref('stg_fees') }}
    union all
    select loan.user_id, loss.changed_on, 'loss_change', loss.loss_change_amount
    from {{ ref('fct_loss_changes') }} as loss
    inner join loans as loan on loan.loan_id = loss.loan_id
    union all
    select user_id, disbursed_on, 'disbursed', amount from loans
    {%- for months in compared_book_months() %}
    {%- set ended = "last_day((disbursed_month_on + interval " ~ months ~ " month)::date)" %}
    {%- for name, condition in (('', 'true'), ('_over_30', 'first_over_30_on <= ' ~ ended), ('_over_90', 'first_over_90_on <= ' ~ ended)) %}
    union all
    select user_id, disbursed_on, 'book_{{ months }}{{ name }}', amount from loans where {{ ended }} <= {{ latest_business_date() }} and {{ condition }}
    {%- endfor %}
    {%- endfor %}
    union all
    -- Money put into a listing that failed came back and was never lent.
    select investment.lender_id, investment.invested_on, 'lent', investment.amount
    from {{ ref('stg_investments') }} as investment
    inner join {{ ref('ldg_loans') }} as loan on loan.loan_id = investment.loan_id and not loan.is_promotional
    {%- for user, measure in (('buyer_id', 'bought'), ('seller_id', 'sold')) %}
    union all
    select transfer.{{ user }}, transfer.transferred_on, '{{ measure }}', transfer.price
    from {{ ref('stg_claim_transfers') }} as transfer
    inner join {{ ref('ldg_loans') }} as loan on loan.loan_id = transfer.loan_id and not loan.is_promotional
    {%- endfor %}
    union all
    select user_id, occurred_on, 'withdrawn', -amount from {{ ref('stg_fund_movements') }} where movement_kind = 'withdrawal'
),

said as (
    select
        happened.user_id,
        happened.day_on,
        case
            when happened.day_on < person.registered_on then {{ endless_days() }}
            {%- for days in value_windows() %}
            when happened.day_on <= person.registered_on + {{ days }} then {{ days }}
            {%- endfor %}
            else {{ endless_days() }}
        end as window_days,
        happened.value_kind,
        happened.amount
    from happened
    inner join people as person on person.user_id = happened.user_id
    where happened.day_on <= {{ latest_business_date() }}
    union all
    select
        judged.user_id,
        judged.day_on,
        judged.window_days,
        'further_loss',
        judged.outstanding_amount * rates.loss_rate
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
            'sum(' ~ divided('share.share', ten_to(6)) ~ ' * ' ~ cents('state.outstanding_amount') ~ ')', ten_to(12)
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
