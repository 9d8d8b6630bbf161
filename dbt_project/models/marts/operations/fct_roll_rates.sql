{#- A later build continues after the last month end that nothing can have changed (forget_changed_rolls). -#}
{{ config(materialized='incremental', incremental_strategy='append', pre_hook="{{ forget_changed_rolls() }}") }}
-- What is outstanding in each bucket of days past due at a month end, and in which bucket its loans are at the next: by the borrower's own
-- days past due and, separately, by those of the lenders, in total and by grade. For the latest month end there is only the whole bucket
-- ('all'). Loans are those that the home regime counts on the day. Grain: one row per month_end_on, view_kind, credit_grade,
-- from_bucket_code and to_bucket_code.
{%- set views = {'borrower': 'borrower_overdue_since_due_on', 'lenders': 'overdue_since_due_on'} %}
{%- set kept_until -%}
    {%- if is_incremental() -%} (select coalesce(max(kept.month_end_on), {{ open_start() }}) from {{ this }} as kept) {%- else -%} {{ open_start() }} {%- endif -%}
{%- endset %}
with
smallest as (
    {{ smallest_group() }}
),

-- Intervals that contain a month end after the kept ones.
spans as (
    select
        loan_id, outstanding_amount, borrower_overdue_since_due_on, overdue_since_due_on,
        date_trunc('month', greatest(valid_from, {{ kept_until }} + 1))::date as first_month_on,
        (date_trunc('month', least(valid_to, {{ latest_business_date() }} + 1)) - interval 1 month)::date as last_month_on
    from {{ ref('ldg_loan_states') }}
    where date_trunc('month', greatest(valid_from, {{ kept_until }} + 1)) < date_trunc('month', least(valid_to, {{ latest_business_date() }} + 1))
        and (outstanding_amount > 0 or borrower_overdue_since_due_on is not null or overdue_since_due_on is not null)
),

ends as (
    select spans.*, unnest({{ days_from('first_month_on', 'last_month_on', 'month') }}) as month_on
    from spans
),

states as (
    select
        one.loan_id,
        one.month_end_on,
        last_day(one.month_end_on + 1) as next_month_end_on,
        one.outstanding_amount,
        risk.credit_grade
        {%- for view, since in views.items() %},
        {{ bucket_of('one.outstanding_amount', 'one.' ~ since, 'one.month_end_on', 'risk.written_off_on') }} as {{ view }}_bucket
        {%- endfor %}
    from (select ends.*, last_day(ends.month_on::date) as month_end_on from ends) as one
    inner join {{ ref('fct_loan_risk') }} as risk on risk.loan_id = one.loan_id
    inner join {{ ref('dim_regime_readings') }} as readings
        on readings.is_home and readings.valid_from <= one.month_end_on and readings.valid_to > one.month_end_on
            and (readings.counts_promotional or not risk.is_promotional)
),

-- A loan without a state at the next month end owes nothing any more. For the latest month end the next is in the future.
paired as (
    select
        state.month_end_on,
        state.outstanding_amount,
        state.credit_grade
        {%- for view in views %},
        state.{{ view }}_bucket,
        case
            when state.next_month_end_on > {{ latest_business_date() }} then 'not_yet'
            when lead(state.month_end_on) over later = state.next_month_end_on then lead(state.{{ view }}_bucket) over later
            else 'repaid'
        end as {{ view }}_next_bucket
        {%- endfor %}
    from states as state
    window later as (partition by state.loan_id order by state.month_end_on)
),

counted as {{ found_once() }} (
    select
        month_end_on, credit_grade,
        {% for view in views %}{{ view }}_bucket, {{ view }}_next_bucket, {% endfor -%}
        count(*) as loans_count,
        sum(outstanding_amount) as outstanding_amount
    from paired
    where outstanding_amount > 0
    group by all
),

rolled as (
    {%- for view in views %}
    select
        month_end_on,
        '{{ view }}' as view_kind,
        coalesce(credit_grade, 'all') as credit_grade,
        {{ view }}_bucket as from_bucket_code,
        coalesce({{ view }}_next_bucket, 'all') as to_bucket_code,
        sum(loans_count) as loans_count,
        sum(outstanding_amount) as outstanding_amount
    from counted
    group by grouping sets (
        (month_end_on, {{ view }}_bucket), (month_end_on, {{ view }}_bucket, {{ view }}_next_bucket),
        (month_end_on, {{ view }}_bucket, credit_grade), (month_end_on, {{ view }}_bucket, credit_grade, {{ view }}_next_bucket)
    )
    {{ 'union all' if not loop.last }}
    {%- endfor %}
)

select
    rolled.month_end_on,
    rolled.view_kind,
    rolled.credit_grade,
    rolled.from_bucket_code,
    rolled.to_bucket_code,
    rolled.loans_count::bigint as loans_count,
    cast(rolled.outstanding_amount as decimal(34, 2)) as outstanding_amount,
    whole.loans_count::bigint as bucket_loans_count,
    cast(whole.outstanding_amount as decimal(34, 2)) as bucket_outstanding_amount,
    {{ share_of_group(cents('rolled.outstanding_amount'), cents('whole.outstanding_amount'), 'whole.loans_count', 'smallest.people_count') }} as roll_share
from rolled
inner join rolled as whole
    on whole.month_end_on = rolled.month_end_on and whole.view_kind = rolled.view_kind and whole.credit_grade = rolled.credit_grade
        and whole.from_bucket_code = rolled.from_bucket_code and whole.to_bucket_code = 'all'
cross join smallest
where rolled.to_bucket_code <> 'not_yet'
