{{ config(materialized='table_function', parameters=['as_of_on']) }}
-- Cash due to lenders on each of the ninety days after a day, without arrears, and what of it is likely to have come by the end of that
-- day: times the share that instalments of the last 180 days, of loans in the same range of days past due, had paid by the same lag after
-- they fell due. The interval is from the 10th to the 90th percentile of that share over 26 weeks. Grain: one row per due_on.
{#- Instalments count with what lenders were still to receive the evening before they fell due. A lag is known only for instalments for
    which it is over; after the longest known lag of a range its share stays, as what was paid by then was paid later too. For a range in
    which no instalment fell due, nothing is likely to come. Shares are whole numbers of 10^-12. #}
{%- set days_ahead, days_back, weeks_back = 90, 180, 26 %}
with
readings as (
    select * from {{ ref('dim_regime_readings') }}
    where is_home and valid_from <= as_of_on and valid_to > as_of_on
),

loans as (
    select loan.loan_id
    from {{ ref('ldg_loans') }} as loan
    inner join readings on readings.counts_promotional or not loan.is_promotional
),

coming as (
    select
        {{ past_due_range('state.borrower_overdue_since_due_on', 'as_of_on') }} as past_due_range,
        date_diff('day', as_of_on, line.due_on) as day_no,
        sum(line.owed_amount) as due_amount,
        sum(line.interest_outstanding_amount) as due_interest_amount
    from {{ ref('ldg_instalment_states') }} as line
    inner join loans on loans.loan_id = line.loan_id
    left join {{ ref('ldg_loan_states') }} as state
        on state.loan_id = line.loan_id and state.valid_from <= as_of_on and state.valid_to > as_of_on
    where line.due_on > as_of_on and line.due_on <= as_of_on + {{ days_ahead }} and line.valid_from <= as_of_on and line.valid_to > as_of_on
        and line.owed_amount > 0
    group by all
),

-- Instalments that fell due, with what was open the evening before.
fallen as {{ found_once() }} (
    select
        line.loan_id, line.instalment_no, line.due_on, line.owed_amount as open_amount,
        {{ past_due_range('state.borrower_overdue_since_due_on', 'line.due_on - 1') }} as past_due_range
    from {{ ref('ldg_instalment_states') }} as line
    inner join loans on loans.loan_id = line.loan_id
    left join {{ ref('ldg_loan_states') }} as state
        on state.loan_id = line.loan_id and state.valid_from <= line.due_on - 1 and state.valid_to > line.due_on - 1
    where line.due_on > as_of_on - {{ 7 * weeks_back }} and line.due_on <= as_of_on
        and line.valid_from <= line.due_on - 1 and line.valid_to > line.due_on - 1 and line.owed_amount > 0
),

-- What was still open from one lag to another: added at the beginning of a state, subtracted at its end.
turned as (
    select fallen.past_due_range, fallen.due_on, greatest(date_diff('day', fallen.due_on, later.valid_from), 0) as lag_no,
        {{ cents('least(later.owed_amount, fallen.open_amount)') }} as cents
    from fallen
    inner join {{ ref('ldg_instalment_states') }} as later
        on later.loan_id = fallen.loan_id and later.instalment_no = fallen.instalment_no
            and later.valid_to > fallen.due_on and later.valid_from <= as_of_on
    union all
    select fallen.past_due_range, fallen.due_on, date_diff('day', fallen.due_on, later.valid_to),
        -{{ cents('least(later.owed_amount, fallen.open_amount)') }}
    from fallen
    inner join {{ ref('ldg_instalment_states') }} as later
        on later.loan_id = fallen.loan_id and later.instalment_no = fallen.instalment_no
            and later.valid_to > fallen.due_on and later.valid_from <= as_of_on
    where later.valid_to <= as_of_on
),

lags as (
    select date_diff('day', as_of_on, day.lag_on::date) as lag_no
    from (select unnest({{ days_from('as_of_on', 'as_of_on + ' ~ (days_ahead - 1)) }}) as lag_on) as day
),

-- For the instalments of a range and due day: what was open, and what of it still was after each lag that is over.
watched as (
    select opened.past_due_range, opened.due_on, lags.lag_no, opened.cents as open_cents,
        sum(coalesce(changed.cents, 0)) over (partition by opened.past_due_range, opened.due_on order by lags.lag_no) as left_cents
    from (select past_due_range, due_on, {{ cents('sum(open_amount)') }} as cents from fallen group by past_due_range, due_on) as opened
    inner join lags on lags.lag_no <= date_diff('day', opened.due_on, as_of_on)
    left join (select past_due_range, due_on, lag_no, sum(cents) as cents from turned group by past_due_range, due_on, lag_no) as changed
        on changed.past_due_range = opened.past_due_range and changed.due_on = opened.due_on and changed.lag_no = lags.lag_no
),

weeks as (
    select past_due_range, lag_no, {{ divided("date_diff('day', due_on, as_of_on)", '7') }} as week_no,
        {{ quotient('(sum(open_cents) - sum(left_cents)) * ' ~ ten_to(12), 'sum(open_cents)') }} as share
    from watched
    group by all
),

-- Nearest rank: the smallest share that this percentage of the weeks do not exceed.
ranked as (
    select past_due_range, lag_no, share,
        row_number() over (partition by past_due_range, lag_no order by share) as place_no,
        count(*) over (partition by past_due_range, lag_no) as weeks_count
    from weeks
),

shares as (
    select paid.past_due_range, paid.lag_no, paid.share, spread.low_share, spread.high_share
    from (
        select past_due_range, lag_no, {{ quotient('(sum(open_cents) - sum(left_cents)) * ' ~ ten_to(12), 'sum(open_cents)') }} as share
        from watched
        where due_on > as_of_on - {{ days_back }}
        group by past_due_range, lag_no
    ) as paid
    inner join (
        select past_due_range, lag_no,
            min(share) filter (where place_no * 10 >= weeks_count) as low_share,
            min(share) filter (where place_no * 10 >= weeks_count * 9) as high_share
        from ranked
        group by past_due_range, lag_no
    ) as spread on spread.past_due_range = paid.past_due_range and spread.lag_no = paid.lag_no
),

longest as (select past_due_range, max(lag_no) as lag_no from shares group by past_due_range),

days as (
    select lag_no + 1 as day_no from lags
),

by_day as (
    select days.day_no, coalesce(sum(coming.due_amount), 0) as due_amount, coalesce(sum(coming.due_interest_amount), 0) as due_interest_amount
    from days
    left join coming on coming.day_no = days.day_no
    group by days.day_no
),

-- By the end of a day: instalments that fall due until then, each by the days that will have passed since.
by_then as (
    select days.day_no
        {%- for name in ['share', 'low_share', 'high_share'] %},
        {{ rounded_quotient('sum(' ~ cents('coming.due_amount') ~ ' * coalesce(shares.' ~ name ~ ', 0))', ten_to(12)) }} as {{ name }}_cents
        {%- endfor %}
    from days
    inner join coming on coming.day_no <= days.day_no
    left join longest on longest.past_due_range = coming.past_due_range
    left join shares
        on shares.past_due_range = coming.past_due_range and shares.lag_no = least(days.day_no - coming.day_no, longest.lag_no)
    group by days.day_no
),

likely as (
    select by_day.*
        {%- for name in ['share', 'low_share', 'high_share'] %},
        coalesce(by_then.{{ name }}_cents, 0)::decimal(34, 0) * 0.01::decimal(3, 2) as {{ name }}_amount
        {%- endfor %}
    from by_day
    left join by_then on by_then.day_no = by_day.day_no
)

select
    as_of_on::date as as_of_on,
    (as_of_on + day_no::integer)::date as due_on,
    day_no::integer as ahead_days,
    cast(due_amount - due_interest_amount as decimal(38, 2)) as due_principal_amount,
    cast(due_interest_amount as decimal(38, 2)) as due_interest_amount,
    cast(due_amount as decimal(38, 2)) as due_amount,
    cast(share_amount - coalesce(lag(share_amount) over (order by day_no), 0) as decimal(38, 2)) as likely_amount,
    cast(sum(due_amount) over (order by day_no) as decimal(38, 2)) as due_to_date_amount,
    cast(share_amount as decimal(38, 2)) as likely_to_date_amount,
    cast(low_share_amount as decimal(38, 2)) as low_to_date_amount,
    cast(high_share_amount as decimal(38, 2)) as high_to_date_amount
from likely
