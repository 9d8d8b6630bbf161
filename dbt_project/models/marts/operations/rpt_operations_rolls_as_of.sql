{{ config(materialized='table_function', parameters=['as_of_on']) }}
-- In which bucket of the borrower's days past due each loan was at a month end, and in which at the next (the last month end up to a day):
-- the loans behind fct_roll_rates. A loan that owes nothing at the next is repaid. Grain: one row per loan_id.
with
ends as (
    select {{ month_end_by('judged_on') }} as next_on
    from (select least(as_of_on, {{ latest_business_date() }}) as judged_on)
),

months as (
    select next_on, (date_trunc('month', next_on) - interval 1 day)::date as month_end_on
    from ends
)

select
    risk.loan_id,
    {{ bucket_of('one.outstanding_amount', 'one.borrower_overdue_since_due_on', 'months.month_end_on', 'risk.written_off_on') }} as from_bucket_code,
    case
        when later.loan_id is null then 'repaid'
        else {{ bucket_of('later.outstanding_amount', 'later.borrower_overdue_since_due_on', 'months.next_on', 'risk.written_off_on') }}
    end as to_bucket_code,
    one.outstanding_amount
from months
inner join {{ ref('ldg_loan_states') }} as one
    on one.valid_from <= months.month_end_on and one.valid_to > months.month_end_on and one.outstanding_amount > 0
inner join {{ ref('fct_loan_risk') }} as risk on risk.loan_id = one.loan_id
inner join {{ ref('dim_regime_readings') }} as readings
    on readings.is_home and readings.valid_from <= months.month_end_on and readings.valid_to > months.month_end_on
        and (readings.counts_promotional or not risk.is_promotional)
left join {{ ref('ldg_loan_states') }} as later
    on later.loan_id = one.loan_id and later.valid_from <= months.next_on and later.valid_to > months.next_on
