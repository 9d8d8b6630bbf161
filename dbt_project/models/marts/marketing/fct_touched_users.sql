{{ config(materialized='table', database='working') }}
-- The users whose events this build adds up again: those whom a new or lost row affects, and those of whom something was known for a day
-- that is over now. Empty in a full build, which adds up all. Grain: one row per user_id.
{%- set is_full = is_full_build() -%}
{%- set known_registrations, known_risk, known_losses = previous('fct_registrations'), previous('fct_loan_risk'), previous('fct_loss_changes') -%}
{%- set known_figures, gone_fees, gone_transfers = previous('rpt_operations_segments'), gone_rows('fees'), gone_rows('claim_transfers') -%}
{%- set lenders = touched_lenders() -%}
{%- set registrations, users, touched_loans = ref('fct_registrations'), ref('ldg_users'), ref('ldg_touched_loans') -%}
{%- set risk, losses, fees, fund_movements = ref('fct_loan_risk'), ref('fct_loss_changes'), ref('stg_fees'), ref('stg_fund_movements') -%}
{%- set investments, transfers = ref('stg_investments'), ref('stg_claim_transfers') %}
with
{% if not is_full -%}
changed_loans as (
    select loan.borrower_id, known.borrower_id as known_borrower_id
    from {{ risk }} as loan
    full join {{ known_risk }} as known on known.loan_id = loan.loan_id
    where {{ differ('loan', 'known', [
        'loan_id', 'borrower_id', 'is_promotional', 'disbursed_on', 'amount', 'first_over_30_on', 'first_over_90_on'
    ]) }}
),

{% endif -%}
touched as (
    {%- if is_full %}
    select user_id from {{ registrations }} where false
    {%- elif has_tombstones('fund_movements') %}
    -- Where the source has lost a row that is not stored, its user is not known.
    select user_id from {{ registrations }}
    union
    select user_id from {{ known_registrations }}
    {%- else %}
    select user_id from {{ users }} where _load_seq > {{ seen_load_seq() }}
    union
    select user_id from {{ fees }} where _load_seq > {{ seen_load_seq() }}
    union
    select user_id from {{ gone_fees }} as gone
    union
    select user_id from {{ fund_movements }} where movement_kind = 'withdrawal' and _load_seq > {{ seen_load_seq() }}
    union
    select lender_id from {{ lenders }} as lender
    union
    select seller_id from {{ transfers }} where loan_id in (select loan_id from {{ touched_loans }})
    union
    select seller_id from {{ gone_transfers }} as gone
    union
    select borrower_id from changed_loans
    union
    select known_borrower_id from changed_loans
    union
    select loan.borrower_id
    from {{ losses }} as loss
    full join {{ known_losses }} as known on known.loan_id = loss.loan_id and known.changed_on = loss.changed_on
    inner join {{ risk }} as loan on loan.loan_id = coalesce(loss.loan_id, known.loan_id)
    where {{ differ('loss', 'known', ['loan_id', 'loss_change_amount']) }}
    union
    select happened.user_id
    from (
        select user_id, charged_on as day_on from {{ fees }}
        union all
        select user_id, occurred_on from {{ fund_movements }} where movement_kind = 'withdrawal'
        union all
        select lender_id, invested_on from {{ investments }}
        union all
        select buyer_id, transferred_on from {{ transfers }}
        union all
        select seller_id, transferred_on from {{ transfers }}
        union all
        select borrower_id, disbursed_on from {{ risk }}
        {%- for months in compared_book_months() %}
        union all
        select borrower_id, last_day((disbursed_month_on + interval {{ months }} month)::date) from {{ risk }}
        {%- endfor %}
    ) as happened
    cross join (
        select
            least(coalesce(max(known.as_of_on), {{ open_start() }}), {{ latest_business_date() }}) + 1 as first_on,
            greatest(max(known.as_of_on), {{ latest_business_date() }}) as last_on
        from {{ known_figures }} as known
    ) as span
    where happened.day_on between span.first_on and span.last_on
    {%- endif %}
)

select distinct user_id
from touched
where user_id is not null
