{{ config(materialized='table') }}
-- How the loans of a quarter of disbursement developed, by months on book: fct_vintages of its three months together. A cell exists once
-- each month of the quarter with loans has been that long on book. Grain: one row per disbursed_quarter_on and book_months.
{%- set amounts = ['over_30_amount', 'over_90_amount', 'lender_over_30_amount', 'lender_over_90_amount', 'realised_loss_amount', 'recovered_amount'] %}
with
smallest as (
    {{ smallest_group() }}
),

months as (
    select *, date_trunc('quarter', disbursed_month_on)::date as disbursed_quarter_on
    from {{ ref('fct_vintages') }}
    where credit_grade = 'all' and channel = 'all'
),

-- The quarter of the latest day may still lend.
quarters as (
    select
        date_trunc('quarter', disbursed_on)::date as disbursed_quarter_on,
        count(distinct date_trunc('month', disbursed_on)) as lending_months
    from {{ ref('ldg_loans') }} as loan
    inner join ({{ home_population() }}) as population on population.counts_promotional or not loan.is_promotional
    group by date_trunc('quarter', disbursed_on)
)

select
    month.disbursed_quarter_on,
    month.book_months,
    max(month.month_end_on) as month_end_on,
    sum(month.loans_count)::bigint as loans_count,
    sum(month.amount)::decimal(38, 2) as amount
    {%- for name in amounts %},
    sum(month.{{ name }})::decimal(38, 2) as {{ name }}
    {%- endfor %}
    {%- for name in amounts %},
    {{ share_of_group(cents('sum(month.' ~ name ~ ')'), cents('sum(month.amount)'), 'sum(month.loans_count)', 'max(smallest.people_count)') }} as {{ name[:-7] }}_share
    {%- endfor %}
from months as month
inner join quarters as quarter on quarter.disbursed_quarter_on = month.disbursed_quarter_on
cross join smallest
group by month.disbursed_quarter_on, month.book_months
having count(*) = max(quarter.lending_months) and month.disbursed_quarter_on + interval 3 month <= date_trunc('month', {{ latest_business_date() }} + 1)
