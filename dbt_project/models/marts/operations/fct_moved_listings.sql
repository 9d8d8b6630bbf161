{{ config(materialized='table', database='working') }}
{#- Rows may be older than the listing that they name: a fee for the application, a contribution to the reserve, a listing that arrives after
    its rows. -#}
{%- set listings, known_listings, loans, repayments = ref('dim_listings'), previous('dim_listings'), ref('ldg_loans'), ref('stg_repayments') -%}
{%- set deeds = [
    (loans, 'disbursed_on'), (repayments, 'paid_on'), (ref('stg_investments'), 'invested_on'), (ref('stg_claim_transfers'), 'transferred_on'),
    (ref('stg_risk_reserve_movements'), 'occurred_on'), (ref('stg_fees'), 'charged_on')
] -%}
-- Listings that are in another segment than in the snapshot before, that are new or gone, and the first day of anything that figures by
-- segment count as theirs. A full build needs none. Grain: one row per loan_id.
{% if is_full_build() -%}
select null::bigint as loan_id, null::date as first_on
where false
{%- else -%}
with
moved as {{ found_once() }} (
    select
        coalesce(listing.loan_id, known.loan_id) as loan_id,
        least(
            listing.listed_on, listing.fully_funded_on, listing.failed_on, known.listed_on, known.fully_funded_on, known.failed_on
        ) as day_on
    from {{ listings }} as listing
    full join {{ known_listings }} as known on known.loan_id = listing.loan_id
    where {{ differ('listing', 'known', ['loan_id', 'borrower_id', 'is_promotional'] + loan_kinds()) }}
),

days as (
    select loan_id, day_on from moved
    {%- for rows, day_on in deeds %}
    union all
    select deed.loan_id, deed.{{ day_on }}
    from {{ rows }} as deed
    where deed.loan_id in (select moved.loan_id from moved)
    {%- endfor %}
)

select loan_id, min(day_on) as first_on
from days
group by loan_id
{%- endif %}
