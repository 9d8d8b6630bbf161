-- What is lost and what is expected to be, at each month end, by grade and bucket of the borrower's days past due. The probability that
-- outstanding principal in a bucket ends as loss comes from the mean roll rates of the last 12 months of all loans, and from their
-- products: one step per month, until nothing is left that could still move. Grain: one row per month_end_on, credit_grade and bucket_code
-- ('realised' for the realised loss, 'all' for the whole).
{#- Shares in units of 10^-18: products of two fit into 38 digits. Doubled 36 times, one month becomes 2^36 months: nothing is left even of
    a large portfolio of which one cent moves per month, and the rounding in between stays below a ten-millionth. -#}
{%- set unit, doublings = ten_to(18), 36 %}
{%- set open_buckets = buckets()[:-2] %}
{%- set ending = "case when to_bucket_code in ('over_180', 'lost') then 'loss' else to_bucket_code end" %}
with
moves as (
    select
        month_end_on,
        from_bucket_code,
        {{ ending }} as ending_code,
        {{ cents('sum(outstanding_amount)') }} as part,
        {{ cents('max(bucket_outstanding_amount)') }} as whole
    from {{ ref('fct_roll_rates') }}
    where view_kind = 'borrower' and credit_grade = 'all' and to_bucket_code <> 'all' and from_bucket_code in ('{{ open_buckets | join("', '") }}')
    group by month_end_on, from_bucket_code, {{ ending }}
),

-- For a portfolio larger than any real one, the last digits are left out, so that the product does not have too many.
rates as (
    select
        month_end_on,
        from_bucket_code,
        ending_code,
        case
            when whole < {{ unit }} then {{ rounded_quotient('part * ' ~ unit, 'whole') }}
            else {{ rounded_quotient(divided('part', ten_to(6)) ~ ' * ' ~ unit, divided('whole', ten_to(6))) }}
        end as rate
    from moves
),

-- Months that are over, also those with nothing outstanding at the end.
months as {{ found_once() }} (
    select last_day(listed.month_on::date) as month_end_on
    from (
        select unnest({{ days_from(
            "date_trunc('month', rolled.first_on)::date", "(date_trunc('month', " ~ latest_business_date() ~ " + 1) - interval 1 month)::date", 'month'
        ) }}) as month_on
        from (select min(month_end_on) as first_on from {{ ref('fct_roll_rates') }}) as rolled
    ) as listed
),

-- A bucket that was empty at a month end has no rate for it.
known as (
    select months.month_end_on, rates.from_bucket_code, count(distinct rates.month_end_on) as months_count
    from months
    inner join rates on date_diff('month', rates.month_end_on, months.month_end_on) between 1 and 12
    group by months.month_end_on, rates.from_bucket_code
),

steps_0 as {{ found_once() }} (
    select
        known.month_end_on,
        known.from_bucket_code,
        rates.ending_code,
        {{ rounded_quotient(as_whole('sum(rates.rate)'), 'max(known.months_count)') }} as rate
    from known
    inner join rates
        on rates.from_bucket_code = known.from_bucket_code and date_diff('month', rates.month_end_on, known.month_end_on) between 1 and 12
    where rates.ending_code <> 'repaid'
    group by known.month_end_on, known.from_bucket_code, rates.ending_code
    union all
    select month_end_on, 'loss', 'loss', {{ unit }} from months
),

{% for step in range(1, doublings + 1) -%}
steps_{{ step }} as {{ found_once() }} (
    select
        one.month_end_on,
        one.from_bucket_code,
        other.ending_code,
        {{ rounded_quotient(as_whole('sum(one.rate * other.rate)'), unit) }} as rate
    from steps_{{ step - 1 }} as one
    inner join steps_{{ step - 1 }} as other on other.month_end_on = one.month_end_on and other.from_bucket_code = one.ending_code
    group by one.month_end_on, one.from_bucket_code, other.ending_code
),

{% endfor -%}
judged as (
    select
        bucket.month_end_on,
        bucket.credit_grade,
        bucket.from_bucket_code as bucket_code,
        bucket.outstanding_amount,
        case
            when bucket.from_bucket_code not in ('{{ open_buckets | join("', '") }}') then null
            when known.months_count is not null then coalesce(ending.rate, 0)
        end as rate,
        bucket.from_bucket_code in ('over_180', 'lost') as is_realised
    from {{ ref('fct_roll_rates') }} as bucket
    left join known on known.month_end_on = bucket.month_end_on and known.from_bucket_code = bucket.from_bucket_code
    left join steps_{{ doublings }} as ending
        on ending.month_end_on = bucket.month_end_on and ending.from_bucket_code = bucket.from_bucket_code and ending.ending_code = 'loss'
    where bucket.view_kind = 'borrower' and bucket.to_bucket_code = 'all' and bucket.credit_grade <> 'all'
),

-- To the eighth digit, so that parts add up to the whole.
lines as (
    select
        month_end_on,
        credit_grade,
        bucket_code,
        outstanding_amount,
        rate,
        case
            when is_realised then 0
            when {{ cents('outstanding_amount') }} < {{ unit }} then {{ rounded_quotient(cents('outstanding_amount') ~ ' * rate', ten_to(12)) }}
            else {{ cents('outstanding_amount') }} * {{ rounded_quotient('rate', ten_to(12)) }}
        end as expected
    from judged
    union all
    select
        months.month_end_on,
        risk.credit_grade,
        'realised',
        null,
        null,
        {{ cents('sum(loss.loss_change_amount)') }} * 1000000
    from {{ ref('fct_loss_changes') }} as loss
    inner join months on months.month_end_on >= loss.changed_on
    inner join {{ ref('fct_loan_risk') }} as risk on risk.loan_id = loss.loan_id
    inner join {{ ref('dim_regime_readings') }} as readings
        on readings.is_home and readings.valid_from <= months.month_end_on and readings.valid_to > months.month_end_on
            and (readings.counts_promotional or not risk.is_promotional)
    group by months.month_end_on, risk.credit_grade
    union all
    -- A bucket that is empty at a month end still has its probability: a loan may come into it before the next. It belongs to no grade.
    select known.month_end_on, 'all', known.from_bucket_code, 0, coalesce(ending.rate, 0), 0
    from known
    left join steps_{{ doublings }} as ending
        on ending.month_end_on = known.month_end_on and ending.from_bucket_code = known.from_bucket_code and ending.ending_code = 'loss'
)

-- If a part is not known, neither is the whole.
select
    month_end_on,
    coalesce(credit_grade, 'all') as credit_grade,
    coalesce(bucket_code, 'all') as bucket_code,
    case when bucket_code is not null then cast(sum(outstanding_amount) as decimal(34, 2)) end as outstanding_amount,
    case when bucket_code is not null then cast({{ shown('max(' ~ rounded_quotient('rate', ten_to(12)) ~ ')', 6) }} as decimal(9, 6)) end as loss_rate,
    case when count(*) = count(expected) then {{ shown(as_whole('sum(expected)'), 8) }} end as expected_loss_amount
from lines
group by grouping sets ((month_end_on), (month_end_on, bucket_code), (month_end_on, credit_grade), (month_end_on, credit_grade, bucket_code))
having credit_grade is distinct from 'all'
