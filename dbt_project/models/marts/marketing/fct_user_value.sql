{#- By the name of the column: what happened and is added up, and what is so at the end of a window. -#}
{%- set changes = ['revenue', 'loss_change', 'disbursed', 'lent', 'bought', 'sold', 'withdrawn'] %}
{%- set books = [] %}
{%- for months in compared_book_months() -%}
    {%- do books.extend(['book_' ~ months, 'book_' ~ months ~ '_over_30', 'book_' ~ months ~ '_over_90']) -%}
{%- endfor %}
{%- set levels = ['lenders_loss', 'position'] -%}
-- What a registered user brought, lent, borrowed and lost, by month and by days since the registration, up to the latest day: sums of what happened, and
-- what is likely to be lost further at the end of each window. Promotional loans do not count. Grain: one row a user_id, month_on and window_days in which
-- something happened or is said.
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

-- The probability that what is outstanding in a bucket ends as loss, as it was last known by a day.
rates as (
    select
        bucket_code,
        loss_rate,
        month_end_on as valid_from,
        coalesce(lead(month_end_on) over (partition by bucket_code order by month_end_on), {{ open_end() }}) as valid_to
    from {{ ref('fct_expected_losses') }}
    where credit_grade = 'all' and loss_rate is not null
),

-- The days at whose end it is asked what may yet be lost. The latest day stands for everything to date.
judged_days as (
    {%- for days in value_windows() %}
    select user_id, registered_on + {{ days }} as day_on, {{ days }} as window_days
    from people
    where registered_on + {{ days }} <= {{ latest_business_date() }}
    union all
    {%- endfor %}
    select user_id, {{ latest_business_date() }}, null from people
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
    select user_id, charged_on as day_on, 'revenue' as measure, amount from {{ ref('stg_fees') }}
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
    -- What was put into a listing that failed came back and was never lent.
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
            when happened.day_on < person.registered_on then null
            {%- for days in value_windows() %}
            when happened.day_on <= person.registered_on + {{ days }} then {{ days }}
            {%- endfor %}
        end as window_days,
        happened.measure,
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
    -- Of what is lost, lenders bear what they have not received; the rest is borne by whoever compensated them.
    select judged.user_id, judged.day_on, null, 'lenders_loss', least(judged.outstanding_amount, losses.loss)
    from judged
    inner join losses on losses.loan_id = judged.loan_id and losses.loss > 0
    where judged.window_days is null
    union all
    select claim.lender_id, {{ latest_business_date() }}, null, 'position', claim.position_amount
    from {{ rows_of('ldg_positions_as_of', latest_business_date()) }} as claim
    inner join {{ ref('ldg_loans') }} as loan on loan.loan_id = claim.loan_id and not loan.is_promotional
    inner join people as person on person.user_id = claim.lender_id
)

select
    user_id,
    date_trunc('month', day_on)::date as month_on,
    window_days
    {%- for name in changes + books + levels %},
    cast(coalesce(sum(amount) filter (measure = '{{ name }}'), 0) as decimal(34, 2)) as {{ name }}_amount
    {%- endfor %},
    -- Where the probability of a part is not known, neither is the whole.
    case
        when count(*) filter (measure = 'further_loss' and amount is null) = 0
            then cast(coalesce(sum(amount) filter (measure = 'further_loss'), 0) as decimal(34, 8))
    end as further_loss_amount
from said
group by user_id, date_trunc('month', day_on), window_days
