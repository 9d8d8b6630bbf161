{{ config(materialized='table', database='working') }}
-- The days whose figures are stored: every month end of the history up to the latest day, and the latest day itself. must_compute: from the
-- first day that this build can have changed.
{% set is_full = is_full_build() %}
{% set known_figures, known_listings = previous('rpt_cn_figures'), previous('stg_loans') %}
{% set gone_fees = gone_rows('fees') %}
{% set known_parties, known_complaints = previous('ldg_related_parties'), previous('stg_complaints') %}
with
history as (
    select min(disbursed_on) as first_on, {{ latest_business_date() }} as latest_on
    from {{ ref('ldg_loans') }}
),

related as (
    select loan.disbursed_on as affected_from
    from {{ ref('ldg_loans') }} as loan
    inner join {{ ref('ldg_users') }} as party on party.user_id = loan.borrower_id
    where party._load_seq > {{ seen_load_seq() }} and (party.related_party_kind is not null or party.deleted_at is not null)
    {% if not is_full -%}
    union all
    select loan.disbursed_on
    from {{ ref('ldg_loans') }} as loan
    inner join {{ known_parties }} as known on known.user_id = loan.borrower_id
    inner join {{ ref('ldg_users') }} as party on party.user_id = loan.borrower_id
    where party._load_seq > {{ seen_load_seq() }}
    {%- endif %}
),

-- Listings whose funding or product this build knows differently from the build before.
listings as (
    select listing.loan_id, {{ 'listing.fully_funded_on' if is_full else 'least(listing.fully_funded_on, known.fully_funded_on)' }} as affected_from
    from {{ ref('stg_loans') }} as listing
    {% if not is_full -%}
    left join {{ known_listings }} as known on known.loan_id = listing.loan_id
    {%- endif %}
    where (
        listing._load_seq > {{ seen_load_seq() }}
        {% if not is_full -%}
        and {{ differ('listing', 'known', ['product_id', 'listed_at', 'fully_funded_at', 'deleted_at is not null']) }}
        {%- endif %}
    )
    or listing.product_id in (select product_id from {{ ref('stg_products') }} where _load_seq > {{ seen_load_seq() }})
),

affected as (
    select min(affected_from) as affected_from
    from (
        select affected_from from {{ ref('ldg_touched_loans') }}
        union all
        select affected_from from related
        union all
        select charged_on from {{ ref('stg_fees') }} where _load_seq > {{ seen_load_seq() }}
        union all
        select received_on from {{ ref('stg_complaints') }} where _load_seq > {{ seen_load_seq() }}
        union all
        select affected_from from listings
        union all
        select fee.charged_on from {{ ref('stg_fees') }} as fee
        inner join listings on listings.loan_id = fee.loan_id
        {%- if not is_full %}
        union all
        select gone.charged_on from {{ gone_fees }} as gone
        union all
        select fee.charged_on from {{ gone_fees }} as fee
        inner join listings on listings.loan_id = fee.loan_id
        union all
        select known.received_on from {{ known_complaints }} as known
        inner join {{ ref('stg_complaints') }} as complaint on complaint.complaint_id = known.complaint_id
        where complaint._load_seq > {{ seen_load_seq() }}
        {%- endif %}
    )
),

ends as (
    select last_day(months.month_on::date) as day_on
    from (select unnest({{ days_from("date_trunc('month', first_on)", 'latest_on', 'month') }}) as month_on from history) as months
),

days as (
    select day_on, true as is_month_end from ends, history where day_on <= latest_on
    union all
    -- Without a loan there is no day, whether or not the latest one is a month end.
    select latest_on, false from history where first_on is not null and latest_on is not null and last_day(latest_on) <> latest_on
)

select
    days.day_on,
    days.is_month_end,
    {% if is_full -%}
    true
    {%- else -%}
    not days.is_month_end or days.day_on >= coalesce(affected.affected_from, {{ open_end() }})
        or days.day_on not in (select known.as_of_on from {{ known_figures }} as known where known.is_month_end)
    {%- endif %} as must_compute
from days, affected
