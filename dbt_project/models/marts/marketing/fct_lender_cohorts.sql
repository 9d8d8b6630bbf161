{#- A later build continues after the last month that nothing can have changed (forget_changed_cohorts). -#}
{{ config(materialized='incremental', incremental_strategy='append', pre_hook="{{ forget_changed_cohorts() }}") }}
-- Lenders by month of their first investment and by months since: who is active, what principal they hold, what they put in, received back
-- and took out. A cell exists once the month is over. Promotional loans do not count. Grain: one row per cohort_month_on and since_months.
{%- set kept_until -%}
    {%- if is_incremental() -%} (select coalesce(max(kept.month_end_on), {{ open_start() }}) from {{ this }} as kept) {%- else -%} {{ open_start() }} {%- endif -%}
{%- endset %}
with
smallest as (
    {{ smallest_group() }}
),

lenders as {{ found_once() }} (
    select user_id, date_trunc('month', first_invested_on)::date as cohort_month_on
    from {{ ref('fct_registrations') }}
    where first_invested_on <= {{ latest_business_date() }}
),

loans as {{ found_once() }} (select loan_id, disbursed_at from {{ ref('ldg_loans') }} where not is_promotional),

cells as (
    select series.cohort_month_on, series.lenders_count, series.month_on::date as month_on
    from (
        select
            cohort_month_on,
            count(*) as lenders_count,
            unnest({{ days_from(
                'cohort_month_on', "(date_trunc('month', " ~ latest_business_date() ~ " + 1) - interval 1 month)::date", 'month'
            ) }}) as month_on
        from lenders
        group by cohort_month_on
    ) as series
    where series.month_on::date > {{ kept_until }}
),

-- Intervals that contain the end of a month that is over and not kept.
spans as (
    select
        state.loan_id,
        {{ cents('state.outstanding_amount') }} as outstanding,
        date_trunc('month', greatest(state.valid_from, {{ kept_until }} + 1))::date as first_month_on,
        (date_trunc('month', least(state.valid_to, {{ latest_business_date() }} + 1)) - interval 1 month)::date as last_month_on
    from {{ ref('ldg_loan_states') }} as state
    inner join loans as loan on loan.loan_id = state.loan_id
    where state.outstanding_amount > 0
        and date_trunc('month', greatest(state.valid_from, {{ kept_until }} + 1)) < date_trunc('month', least(state.valid_to, {{ latest_business_date() }} + 1))
),

ends as (
    select listed.loan_id, listed.outstanding, listed.month_on::date as month_on, last_day(listed.month_on::date) as month_end_on
    from (select spans.*, unnest({{ days_from('first_month_on', 'last_month_on', 'month') }}) as month_on from spans) as listed
),

-- Shares in units of 10^-18, so that products are added up before anything is divided. They have 24 digits, but far fewer are enough for a
-- cent of a cohort.
claims as {{ found_once() }} (
    select
        lender.cohort_month_on,
        share.loan_id,
        share.lender_id,
        share.valid_from,
        share.valid_to,
        {{ coarse_share('share.share') }} as share
    from {{ ref('ldg_claim_shares') }} as share
    inner join lenders as lender on lender.user_id = share.lender_id
    where share.share <> 0 and share.valid_to > {{ kept_until }}
        {%- if is_incremental() %}
        and share.loan_id in (select ends.loan_id from ends)
        {%- endif %}
),

-- Of each repayment a lender gets the part by their share at that moment: the sum of the changes before it.
paid as (
    select
        repayment.loan_id,
        date_trunc('month', repayment.paid_on)::date as month_on,
        greatest(repayment.paid_at, loan.disbursed_at) as effective_at,
        {{ cents('repayment.principal + repayment.interest + repayment.penalty') }} as amount
    from {{ ref('stg_repayments') }} as repayment
    inner join loans as loan on loan.loan_id = repayment.loan_id
    where repayment.payee_kind = 'lenders' and repayment.paid_on > {{ kept_until }}
),

changes as {{ found_once() }} (
    select
        lender.cohort_month_on,
        change.loan_id,
        change.changed_at,
        change.is_transfer,
        {{ coarse_share('change.share_change') }} as share_change
    from {{ ref('ldg_share_changes') }} as change
    inner join lenders as lender on lender.user_id = change.lender_id
    {%- if is_incremental() %}
    where change.loan_id in (select paid.loan_id from paid)
    {%- endif %}
),

-- What is too small for a claim counts only in sums.
held as (
    select
        claim.lender_id,
        claim.cohort_month_on,
        ends.month_on,
        sum(claim.share * ends.outstanding) as position,
        bool_or({{ is_claim('claim.share * ends.outstanding') }}) as has_claim
    from ends
    inner join claims as claim
        on claim.loan_id = ends.loan_id and claim.valid_from <= ends.month_end_on and claim.valid_to > ends.month_end_on
    group by claim.lender_id, claim.cohort_month_on, ends.month_on
),

positions as (
    select cohort_month_on, month_on, sum(position) as position, count(*) filter (has_claim) as retained_count
    from held
    group by cohort_month_on, month_on
),

received as (
    select change.cohort_month_on, paid.month_on, sum(change.share_change * paid.amount) as received
    from paid
    inner join changes as change
        on change.loan_id = paid.loan_id and change.changed_at <= paid.effective_at
            and not (change.is_transfer and change.changed_at = paid.effective_at)
    group by change.cohort_month_on, paid.month_on
),

moved as (
    select
        lender.cohort_month_on,
        value.month_on,
        sum(value.amount) filter (value.value_kind in ('lent', 'bought')) as put_in,
        sum(value.amount) filter (value.value_kind = 'sold') as sold,
        sum(value.amount) filter (value.value_kind = 'withdrawn') as withdrawn
    from {{ ref('fct_user_value') }} as value
    inner join lenders as lender on lender.user_id = value.user_id
    where value.month_on > {{ kept_until }}
    group by lender.cohort_month_on, value.month_on
),

active as (
    select lender.cohort_month_on, month.month_on, count(*) as active_count
    from {{ ref('fct_active_months') }} as month
    inner join lenders as lender on lender.user_id = month.user_id
    where month.is_lender and month.usual_first_on is not null and month.month_on > {{ kept_until }}
    group by lender.cohort_month_on, month.month_on
),

summed as (
    select
        cell.cohort_month_on,
        date_diff('month', cell.cohort_month_on, cell.month_on)::integer as since_months,
        last_day(cell.month_on) as month_end_on,
        cell.lenders_count::bigint as lenders_count,
        coalesce(active.active_count, 0)::bigint as active_count,
        coalesce(positions.retained_count, 0)::bigint as retained_count,
        {%- for name, units in (('position', 'positions.position'), ('received', 'received.received')) %}
        cast({{ shown(rounded_quotient(as_whole('coalesce(' ~ units ~ ', 0)'), ten_to(18)), 2) }} as decimal(34, 2))
        {%- if name == 'received' %} + cast(coalesce(moved.sold, 0) as decimal(34, 2)){% endif %} as {{ name }}_amount,
        {%- endfor %}
        cast(coalesce(moved.put_in, 0) as decimal(34, 2)) as put_in_amount,
        cast(coalesce(moved.withdrawn, 0) as decimal(34, 2)) as withdrawn_amount
    from cells as cell
    left join positions on positions.cohort_month_on = cell.cohort_month_on and positions.month_on = cell.month_on
    left join received on received.cohort_month_on = cell.cohort_month_on and received.month_on = cell.month_on
    left join moved on moved.cohort_month_on = cell.cohort_month_on and moved.month_on = cell.month_on
    left join active on active.cohort_month_on = cell.cohort_month_on and active.month_on = cell.month_on
)

select
    summed.cohort_month_on,
    summed.since_months,
    summed.month_end_on,
    summed.lenders_count,
    summed.active_count,
    summed.retained_count,
    summed.position_amount,
    summed.put_in_amount,
    cast(summed.received_amount as decimal(34, 2)) as received_amount,
    summed.withdrawn_amount,
    {%- for name in ('active', 'retained') %}
    {{ share_of_group(as_whole('summed.' ~ name ~ '_count'), as_whole('summed.lenders_count'), 'summed.lenders_count', 'smallest.people_count') }}
        as {{ name }}_share,
    {%- endfor %}
    {{ ratio_of_group(cents('summed.put_in_amount'), cents('summed.received_amount'), 'summed.lenders_count >= smallest.people_count') }}
        as reinvested_rate
from summed
cross join smallest
