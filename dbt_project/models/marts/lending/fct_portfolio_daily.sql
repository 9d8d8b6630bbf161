{#- A later build continues the series after the last day that no touched loan can have changed. -#}
{{ config(materialized='incremental', incremental_strategy='append', pre_hook="{{ forget_changed_balances() }}") }}
-- Balances at the end of every day from the first disbursement to the latest day, as running sums of the changes. Days without a change
-- carry the balances forward. Grain: one row per day and is_promotional.
{% set kept_until -%}
    {%- if is_incremental() -%} (select coalesce(max(kept.day_on), date '0001-01-01') from {{ this }} as kept) {%- else -%} date '0001-01-01' {%- endif -%}
{%- endset %}
with
flows as (
    select
        change.changed_on as day_on,
        loan.is_promotional,
        sum(change.disbursed_amount) as disbursed_amount,
        sum(change.repaid_amount) as repaid_amount,
        sum(change.interest_outstanding_change_amount) as interest_outstanding_change_amount,
        sum(change.overdue_change_amount) as overdue_change_amount
    from {{ ref('ldg_balance_changes') }} as change
    inner join {{ ref('ldg_loans') }} as loan on loan.loan_id = change.loan_id
    where change.changed_on <= {{ latest_business_date() }} and change.changed_on > {{ kept_until }}
    group by all
),

-- A state counts from its first day to the day before the next state: it is added at its beginning and subtracted at its end.
counted as (
    select
        turned.day_on,
        loan.is_promotional,
        sum(turned.loans_change_count) as loans_change_count,
        sum(turned.overdue_loans_change_count) as overdue_loans_change_count
    from (
        {% for column, sign in [('valid_from', ''), ('valid_to', '-')] -%}
        select loan_id, {{ column }} as day_on,
            {{ sign }}(outstanding_amount > 0)::integer as loans_change_count,
            {{ sign }}(overdue_instalments_count > 0)::integer as overdue_loans_change_count
        from {{ ref('ldg_loan_states') }}
        where {{ column }} <= {{ latest_business_date() }} and {{ column }} > {{ kept_until }}
            and (outstanding_amount > 0 or overdue_instalments_count > 0)
        {{ 'union all' if not loop.last }}
        {% endfor -%}
    ) as turned
    inner join {{ ref('ldg_loans') }} as loan on loan.loan_id = turned.loan_id
    group by all
),

kept as (
    {% if is_incremental() -%}
    select * from {{ this }} where day_on = {{ kept_until }}
    {%- else -%}
    select null::date as day_on, null::boolean as is_promotional, 0.00 as outstanding_amount, 0.00 as interest_outstanding_amount,
        0.00 as overdue_amount, 0 as outstanding_loans_count, 0 as overdue_loans_count
    where false
    {%- endif %}
),

days as (
    select calendar.day_on::date as day_on, kind.is_promotional
    from (
        select unnest({{ days_from('span.first_on', latest_business_date()) }}) as day_on
        from (select coalesce((select max(day_on) + 1 from kept), (select min(day_on) from flows)) as first_on) as span
    ) as calendar
    cross join (
        select distinct is_promotional from flows
        union
        select is_promotional from kept
    ) as kind
)

select
    days.day_on,
    days.is_promotional,
    cast(coalesce(kept.outstanding_amount, 0) + coalesce(sum(flows.disbursed_amount - flows.repaid_amount) over earlier, 0) as decimal(34, 2)) as opening_amount,
    cast(coalesce(flows.disbursed_amount, 0) as decimal(34, 2)) as disbursed_amount,
    cast(coalesce(flows.repaid_amount, 0) as decimal(34, 2)) as repaid_amount,
    {% for balance, change in [
        ('outstanding_amount', 'flows.disbursed_amount - flows.repaid_amount'),
        ('interest_outstanding_amount', 'flows.interest_outstanding_change_amount'),
        ('overdue_amount', 'flows.overdue_change_amount')
    ] -%}
    cast(coalesce(kept.{{ balance }}, 0) + coalesce(sum({{ change }}) over until_day, 0) as decimal(34, 2)) as {{ balance }},
    {% endfor -%}
    (coalesce(kept.outstanding_loans_count, 0) + coalesce(sum(counted.loans_change_count) over until_day, 0))::bigint as outstanding_loans_count,
    (coalesce(kept.overdue_loans_count, 0) + coalesce(sum(counted.overdue_loans_change_count) over until_day, 0))::bigint as overdue_loans_count
from days
left join flows on flows.day_on = days.day_on and flows.is_promotional = days.is_promotional
left join counted on counted.day_on = days.day_on and counted.is_promotional = days.is_promotional
left join kept on kept.is_promotional = days.is_promotional
window
    until_day as (partition by days.is_promotional order by days.day_on),
    earlier as (partition by days.is_promotional order by days.day_on rows between unbounded preceding and 1 preceding)
