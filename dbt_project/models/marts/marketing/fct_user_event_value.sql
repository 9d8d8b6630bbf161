{#- A later build computes only the users whom a new row, or a day that is over, affects (fct_touched_users). -#}
{{ config(materialized='incremental', incremental_strategy='append', pre_hook="{{ forget_touched_users() }}") }}
-- What a registered user brought, lent, borrowed and lost, by month and by days since the registration, up to the latest day: sums of
-- events. Promotional loans do not count. Grain: one row per user_id, month_on, window_days and value_kind.
{%- set touched_users = ref('fct_touched_users') %}
with
people as (
    select user_id, registered_on
    from {{ ref('fct_registrations') }}
    {%- if is_incremental() %}
    where user_id in (select touched.user_id from {{ touched_users }} as touched)
    {%- endif %}
),

loans as {{ found_once() }} (
    select
        risk.loan_id, risk.borrower_id as user_id, risk.disbursed_on, risk.disbursed_month_on, risk.amount, risk.first_over_30_on, risk.first_over_90_on
    from {{ ref('fct_loan_risk') }} as risk
    inner join people as person on person.user_id = risk.borrower_id
    where not risk.is_promotional
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
)

select
    user_id,
    date_trunc('month', day_on)::date as month_on,
    window_days,
    value_kind,
    cast(sum(amount) as decimal(38, 8)) as amount
from said
group by user_id, date_trunc('month', day_on), window_days, value_kind
