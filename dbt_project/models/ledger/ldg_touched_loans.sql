{# The loans that this build must compute again, and from which day they can differ. In a full build: all of them, from the beginning. A new
   row changes nothing before its own day; a changed listing matters only when a column that the ledger reads has changed. #}
{{ config(materialized='table', database='working') }}
{%- set is_full = is_full_build() -%}
{%- set known_loans = previous('ldg_loans') -%}
{%- set gone_repayments, gone_instalments = gone_rows('repayments'), gone_rows('instalments') -%}
{%- set gone_investments, gone_transfers = gone_rows('investments'), gone_rows('claim_transfers') -%}
with
touches as (
    select loan_id, paid_on as affected_from from {{ ref('stg_repayments') }} where _load_seq > {{ seen_load_seq() }}
    union all
    -- A row that joins a plan counts from the plan's first day; a row of the first plan from the disbursement, because that plan is in
    -- force from there.
    select
        version.loan_id,
        case
            when version.created_on = min(version.created_on) over (partition by version.loan_id)
                then coalesce(listing.disbursed_on, version.created_on)
            else version.created_on
        end
    from (
        select
            plan.loan_id,
            plan.plan_version,
            min(plan.created_on) as created_on,
            max(plan._load_seq) as load_seq
        from {{ ref('stg_instalments') }} as plan
        {% if not is_full -%}
        where plan.loan_id in (select added.loan_id from {{ ref('stg_instalments') }} as added where added._load_seq > {{ seen_load_seq() }})
        {%- endif %}
        group by plan.loan_id, plan.plan_version
    ) as version
    left join {{ ref('stg_loans') }} as listing on listing.loan_id = version.loan_id
    qualify version.load_seq > {{ seen_load_seq() }}
    union all
    select loan_id, invested_on from {{ ref('stg_investments') }} where _load_seq > {{ seen_load_seq() }}
    union all
    select loan_id, transferred_on from {{ ref('stg_claim_transfers') }} where _load_seq > {{ seen_load_seq() }}
    union all
    select listing.loan_id, {{ 'listing.disbursed_on' if is_full else 'least(listing.disbursed_on, known.disbursed_on)' }}
    from {{ ref('stg_loans') }} as listing
    {% if is_full -%}
    where listing._load_seq > {{ seen_load_seq() }}
    {%- else -%}
    left join {{ known_loans }} as known on known.loan_id = listing.loan_id
    where listing._load_seq > {{ seen_load_seq() }}
        and (
            (listing.disbursed_at is not null and listing.deleted_at is null) <> (known.loan_id is not null)
            or (known.loan_id is not null and {{ differ('listing', 'known', [
                'borrower_id', 'product_id', 'institution_id', 'amount', 'annual_rate', 'term_months', 'disbursed_at'
            ]) }})
        )
    {%- endif %}
    {% if not is_full -%}
    -- A row that the source has lost touches its loan like a new one; a plan that lost a row is another plan from its first day.
    union all
    select loan_id, paid_on from {{ gone_repayments }} as gone
    union all
    select gone.loan_id, coalesce(least(listing.disbursed_on, known.disbursed_on), gone.created_on)
    from {{ gone_instalments }} as gone
    left join {{ ref('stg_loans') }} as listing on listing.loan_id = gone.loan_id
    left join {{ known_loans }} as known on known.loan_id = gone.loan_id
    union all
    select loan_id, invested_on from {{ gone_investments }} as gone
    union all
    select loan_id, transferred_on from {{ gone_transfers }} as gone
    {%- endif %}
    union all
    select listing.loan_id, listing.disbursed_on
    from {{ ref('stg_loans') }} as listing
    where not {{ is_full }} and listing.product_id in (select product_id from {{ ref('stg_products') }} where _load_seq > {{ seen_load_seq() }})
)

select loan_id, min(affected_from) as affected_from
from touches
group by loan_id
