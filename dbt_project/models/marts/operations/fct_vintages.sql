-- How the loans of a month of disbursement developed by the end of each later month that is over: all of them, by grade and by channel.
-- Grain: one row per disbursed_month_on, credit_grade, channel (both 'all' for the whole month, one of them for a part) and book_months.
{%- set amounts = ['over_30_amount', 'over_90_amount', 'lender_over_30_amount', 'lender_over_90_amount', 'realised_loss_amount', 'recovered_amount'] %}
{%- set counts = ['first_payment_due_count', 'first_payment_default_count'] %}
{#- What happens to a loan once, with its day. -#}
{%- set once = {
    'over_30_amount': ('first_over_30_on', 'amount'), 'over_90_amount': ('first_over_90_on', 'amount'),
    'lender_over_30_amount': ('lender_first_over_30_on', 'amount'), 'lender_over_90_amount': ('lender_first_over_90_on', 'amount'),
    'first_payment_due_count': ('first_payment_judged_on', '1'), 'first_payment_default_count': ('first_payment_default_on', '1'),
} %}
with
population as (
    {{ home_population() }}
),

smallest as (
    {{ smallest_group() }}
),

loans as (
    select risk.*
    from {{ ref('fct_loan_risk') }} as risk
    inner join population on population.counts_promotional or not risk.is_promotional
),

cohorts as (
    select
        disbursed_month_on,
        coalesce(credit_grade, 'all') as credit_grade,
        coalesce(channel, 'all') as channel,
        count(*) as loans_count,
        cast(sum(amount) as decimal(34, 2)) as amount
    from loans
    group by grouping sets ((disbursed_month_on), (disbursed_month_on, credit_grade), (disbursed_month_on, channel))
),

happened as (
    {%- for name, (day, value) in once.items() %}
    select disbursed_month_on, credit_grade, channel, {{ day }} as happened_on, '{{ name }}' as measure, {{ value }}::decimal(18, 2) as change
    from loans
    where {{ day }} <= {{ latest_business_date() }}
    union all
    {%- endfor %}
    select loan.disbursed_month_on, loan.credit_grade, loan.channel, loss.changed_on, 'realised_loss_amount', loss.loss_change_amount
    from {{ ref('fct_loss_changes') }} as loss
    inner join loans as loan on loan.loan_id = loss.loan_id
    union all
    select loan.disbursed_month_on, loan.credit_grade, loan.channel, loss.changed_on, 'recovered_amount', loss.recovered_amount
    from {{ ref('fct_loss_changes') }} as loss
    inner join loans as loan on loan.loan_id = loss.loan_id
),

-- What happened in the month of disbursement itself is part of the first month after it.
placed as (
    select
        *,
        greatest(date_diff('month', disbursed_month_on, date_trunc('month', happened_on)::date), 1) as book_months
    from happened
),

changes as (
    select
        disbursed_month_on,
        coalesce(credit_grade, 'all') as credit_grade,
        coalesce(channel, 'all') as channel,
        book_months
        {%- for name in amounts + counts %},
        sum(change) filter (measure = '{{ name }}') as {{ name }}
        {%- endfor %}
    from placed
    group by grouping sets (
        (disbursed_month_on, book_months), (disbursed_month_on, book_months, credit_grade), (disbursed_month_on, book_months, channel)
    )
),

cells as (
    select
        series.*,
        date_diff('month', series.disbursed_month_on, series.month_on::date) as book_months
    from (
        select
            cohorts.*,
            unnest({{ days_from(
                "(cohorts.disbursed_month_on + interval 1 month)::date",
                "(date_trunc('month', " ~ latest_business_date() ~ " + 1) - interval 1 month)::date", 'month'
            ) }}) as month_on
        from cohorts
    ) as series
),

to_date as (
    select
        cell.disbursed_month_on,
        cell.credit_grade,
        cell.channel,
        cell.book_months,
        cell.loans_count,
        cell.amount
        {%- for name in amounts + counts %},
        sum(coalesce(changes.{{ name }}, 0)) over book as {{ name }}
        {%- endfor %}
    from cells as cell
    left join changes
        on changes.disbursed_month_on = cell.disbursed_month_on and changes.credit_grade = cell.credit_grade and changes.channel = cell.channel
            and changes.book_months = cell.book_months
    window book as (partition by cell.disbursed_month_on, cell.credit_grade, cell.channel order by cell.book_months)
)

select
    to_date.disbursed_month_on,
    to_date.credit_grade,
    to_date.channel,
    to_date.book_months::integer as book_months,
    last_day((to_date.disbursed_month_on + to_date.book_months * interval 1 month)::date) as month_end_on,
    to_date.loans_count::bigint as loans_count,
    to_date.amount
    {%- for name in amounts %},
    cast(to_date.{{ name }} as decimal(34, 2)) as {{ name }}
    {%- endfor %}
    {%- for name in counts %},
    {{ as_whole('to_date.' ~ name) }}::bigint as {{ name }}
    {%- endfor %}
    {%- for name in amounts %},
    {{ share_of_group(cents('to_date.' ~ name), cents('to_date.amount'), 'to_date.loans_count', 'smallest.people_count') }} as {{ name[:-7] }}_share
    {%- endfor %},
    {{ share_of_group(as_whole('to_date.first_payment_default_count'), as_whole('to_date.first_payment_due_count'), 'to_date.first_payment_due_count', 'smallest.people_count') }}
        as first_payment_default_share
from to_date
cross join smallest
