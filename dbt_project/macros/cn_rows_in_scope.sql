{# What a loan, a borrower and a lender in scope add to the figures of a day: the bodies of the table macros of these names, written over the
   loans in scope (`scope`, columns of rpt_cn_scope_as_of) so that the figures, which need all three, find those once. #}

{# One row a loan in scope, with what it adds to each figure. #}
{% macro cn_loans(scope) -%}
with
compensated as (
    select
        repayment.loan_id,
        sum(repayment.principal + repayment.interest + repayment.penalty) as compensated_amount
    from {{ ref('stg_repayments') }} as repayment
    inner join {{ ref('ldg_loans') }} as loan on loan.loan_id = repayment.loan_id
    where repayment.payee_kind = 'lenders'
        and repayment.payer_kind in ('guarantor', 'insurer', 'risk_reserve')
        and greatest(repayment.paid_on, loan.disbursed_on) <= as_of_on
    group by repayment.loan_id
),

measured as (
    select
        loan.*,
        readings.over_90_reading,
        coalesce(compensated.compensated_amount, 0) as compensated_amount,
        loan.borrower_id in (
            select party.user_id from {{ ref('ldg_users') }} as party where party.related_party_kind is not null and party.deleted_at is null
        ) as is_related_party,
        loan.disbursed_on >= date_trunc('month', as_of_on)::date as is_of_month
    from {{ scope }} as loan
    cross join {{ rows_of('rpt_cn_readings_as_of', 'as_of_on') }} as readings
    left join compensated on compensated.loan_id = loan.loan_id
)

select
    loan_id,
    borrower_id,
    amount,
    1 as loans_count,
    outstanding_amount,
    (outstanding_amount > 0)::integer as outstanding_loans_count,
    interest_outstanding_amount,
    (interest_outstanding_amount > 0)::integer as interest_outstanding_loans_count,
    outstanding_amount + interest_outstanding_amount as owed_amount,
    case when is_related_party then outstanding_amount else 0 end as related_party_outstanding_amount,
    (is_related_party and outstanding_amount > 0)::integer as related_party_loans_count,
    overdue_amount,
    past_due_days,
    borrower_past_due_days,
    (past_due_days > 0)::integer as overdue_loans_count,
    case
        when past_due_days <= 90 then 0
        when over_90_reading = 'overdue_amount' then overdue_amount
        else outstanding_amount
    end as over_90_amount,
    (past_due_days > 90)::integer as over_90_loans_count,
    (past_due_days between 1 and 90)::integer as overdue_1_90_loans_count,
    (past_due_days between 91 and 180)::integer as overdue_91_180_loans_count,
    (past_due_days > 180)::integer as overdue_over_180_loans_count,
    case when past_due_days between 1 and 90 then overdue_amount else 0 end as overdue_1_90_amount,
    case when past_due_days between 91 and 180 then overdue_amount else 0 end as overdue_91_180_amount,
    case when past_due_days > 180 then overdue_amount else 0 end as overdue_over_180_amount,
    compensated_amount,
    (compensated_amount > 0)::integer as compensated_loans_count,
    case when is_of_month then amount else 0 end as month_amount,
    is_of_month::integer as month_loans_count,
    case when is_of_month then amount * term_months else 0 end as month_amount_months,
    case when is_of_month then cast(amount as decimal(20, 2)) * annual_rate else 0 end as month_amount_rate
from measured
{%- endmacro %}

{# One row a borrower of loans in scope, with the rank by what is owed. #}
{% macro cn_borrowers(scope) -%}
with
owing as (
    select borrower_id, sum(outstanding_amount) as outstanding_amount
    from {{ scope }}
    group by borrower_id
),

-- Only ten need an order.
largest as (
    select borrower_id, row_number() over (order by outstanding_amount desc, borrower_id asc) as outstanding_rank
    from owing
    where outstanding_amount > 0 and outstanding_amount >= (
        select min(ten.outstanding_amount)
        from (select whole.outstanding_amount from owing as whole order by whole.outstanding_amount desc limit 10) as ten
    )
)

select
    owing.borrower_id,
    1 as borrowers_count,
    (owing.outstanding_amount > 0)::integer as outstanding_borrowers_count,
    owing.outstanding_amount,
    case when largest.outstanding_rank <= 10 then owing.outstanding_amount else 0 end as top_ten_amount,
    case when largest.outstanding_rank = 1 then owing.outstanding_amount else 0 end as largest_amount
from owing
left join largest on largest.borrower_id = owing.borrower_id
{%- endmacro %}

{# One row a user who holds claims in loans in scope with outstanding principal. Claims are added up exactly, in units of 10^-24 cents (38 digits
   hold a million million CNY of them). #}
{% macro cn_claims(scope) -%}
select
    share.lender_id,
    {{ as_whole('sum(share.share * scope.outstanding_cents)') }} as claim,
    -- half a cent, less half of 10^-9 cents: what rounding a share can take from an exact half
    bool_or(share.share * scope.outstanding_cents >= {{ as_whole('499999999500000000000000') }}) as is_current
from {{ ref('ldg_claim_shares') }} as share
inner join (
    select loan_id, {{ cents('outstanding_amount') }} as outstanding_cents
    from {{ scope }}
    where outstanding_amount <> 0
) as scope on scope.loan_id = share.loan_id
where share.valid_from <= as_of_on and share.valid_to > as_of_on and share.share <> 0
group by share.lender_id
{%- endmacro %}

{# One row a user who by the day had put money into a disbursed loan in scope or bought a claim in one; `claims` are those of cn_claims. Claims
   are rounded once: to 10^-9 cents. #}
{% macro cn_lenders(claims) -%}
with
starts as (
    select start.lender_id
    from {{ ref('ldg_lender_starts') }} as start
    cross join {{ rows_of('rpt_cn_readings_as_of', 'as_of_on') }} as readings
    where least(start.lent_from, case when readings.counts_promotional then start.promotional_lent_from end) <= as_of_on
),

-- Who sold what they never had holds less than nothing and never lent: an error of the source that is not to be lost here.
held as (
    select
        coalesce(start.lender_id, claim.lender_id) as lender_id,
        start.lender_id is not null as has_lent,
        claim.claim,
        coalesce(claim.is_current, false) as is_current
    from starts as start
    full join {{ claims }} as claim on claim.lender_id = start.lender_id
),

-- Only ten need an order: sorting all lenders would cost more than adding up their claims.
largest as (
    select lender_id, row_number() over (order by claim desc, lender_id asc) as claim_rank
    from held
    where claim > 0 and claim >= (
        select min(ten.claim)
        from (select whole.claim from held as whole where whole.claim is not null order by whole.claim desc limit 10) as ten
    )
)

-- Spelled out in each column: a reader of the sums alone then rounds the few claims that they are made of.
{% set amount = amount_of_claim('claim') -%}
select
    held.lender_id,
    held.has_lent::integer as lenders_count,
    held.is_current::integer as current_lenders_count,
    {{ amount }} as position_amount,
    case when claim_rank <= 10 then {{ amount }} else 0 end as top_ten_position_amount,
    case when claim_rank = 1 then {{ amount }} else 0 end as largest_position_amount
from held
left join largest on largest.lender_id = held.lender_id
{%- endmacro %}
