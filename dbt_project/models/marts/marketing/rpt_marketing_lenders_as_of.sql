{{ config(materialized='table_function', parameters=['as_of_on']) }}
-- What each lender did in the last month that is over on a day, and whether they held principal at its end: the people behind
-- fct_lender_cohorts. Promotional loans do not count. Grain: one row per user_id.
with
ends as (
    select {{ month_end_by('judged_on') }} as month_end_on, date_trunc('month', {{ month_end_by('judged_on') }})::date as month_on
    from (select least(as_of_on, {{ latest_business_date() }}) as judged_on)
),

held as (
    select
        claim.lender_id,
        bool_or({{ is_claim(coarse_share('claim.share') ~ ' * ' ~ cents('state.outstanding_amount')) }}) as has_claim
    from ends
    inner join {{ ref('ldg_loan_states') }} as state
        on state.valid_from <= ends.month_end_on and state.valid_to > ends.month_end_on and state.outstanding_amount > 0
    inner join {{ ref('ldg_loans') }} as loan on loan.loan_id = state.loan_id and not loan.is_promotional
    inner join {{ ref('ldg_claim_shares') }} as claim
        on claim.loan_id = state.loan_id and claim.valid_from <= ends.month_end_on and claim.valid_to > ends.month_end_on
    group by claim.lender_id
),

active as (
    select month.user_id
    from {{ ref('fct_active_months') }} as month
    inner join ends on ends.month_on = month.month_on
    where month.is_lender and month.usual_first_on is not null
),

moved as (
    select
        value.user_id,
        sum({{ if_so("value.value_kind in ('lent', 'bought')", 'value.amount') }}) as put_in_amount,
        sum({{ if_so("value.value_kind = 'withdrawn'", 'value.amount') }}) as withdrawn_amount
    from {{ ref('fct_user_value') }} as value
    inner join ends on ends.month_on = value.month_on
    where value.value_kind in ('lent', 'bought', 'withdrawn')
    group by value.user_id
)

select
    lender.user_id,
    date_trunc('month', lender.first_invested_on)::date as cohort_month_on,
    1 as lenders_count,
    {{ if_so('active.user_id is not null') }} as active_count,
    {{ if_so('held.has_claim') }} as retained_count,
    coalesce(moved.put_in_amount, 0) as put_in_amount,
    coalesce(moved.withdrawn_amount, 0) as withdrawn_amount
from {{ ref('fct_registrations') }} as lender
inner join ends on lender.first_invested_on <= ends.month_end_on
left join held on held.lender_id = lender.user_id
left join active on active.user_id = lender.user_id
left join moved on moved.user_id = lender.user_id
