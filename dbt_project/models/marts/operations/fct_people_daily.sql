-- How many people came by day, with promotional loans and without: who registered, lent for the first time or for the first time in the month, or
-- borrowed for the first time. Grain: one row a counts_promotional, day_on and people_kind.
with
-- A lender counts once a month, on their first day in it: of points that lie in it, each then finds those who were active by its day.
active as (
    select
        investment.lender_id,
        date_trunc('month', investment.invested_on)::date as month_on,
        coalesce(product.is_promotional, false) as is_promotional,
        min(investment.invested_on) as day_on
    from {{ ref('stg_investments') }} as investment
    inner join {{ ref('stg_loans') }} as listing on listing.loan_id = investment.loan_id and listing.deleted_at is null
    left join {{ ref('stg_products') }} as product on product.product_id = listing.product_id and product.deleted_at is null
    group by all
),

population as (
    select false as counts_promotional
    union all
    select true
)

select population.counts_promotional, registered_on as day_on, 'registrations' as people_kind, count(*) as times_count
from {{ ref('fct_registrations') }}
cross join population
group by all
union all
select counts_promotional, day_on, 'active_lenders', count(*)
from (
    select population.counts_promotional, active.lender_id, active.month_on, min(active.day_on) as day_on
    from active
    inner join population on population.counts_promotional or not active.is_promotional
    group by all
)
group by all
union all
select counts_promotional, day_on, 'new_lenders', count(*)
from (
    select population.counts_promotional, active.lender_id, min(active.day_on) as day_on
    from active
    inner join population on population.counts_promotional or not active.is_promotional
    inner join {{ ref('fct_registrations') }} as person on person.user_id = active.lender_id
    group by all
)
group by all
union all
select counts_promotional, day_on, 'new_borrowers', count(*)
from (
    select population.counts_promotional, loan.borrower_id, min(loan.disbursed_on) as day_on
    from {{ ref('ldg_loans') }} as loan
    inner join population on population.counts_promotional or not loan.is_promotional
    group by all
)
group by all
