{{ config(materialized='table', database='working') }}
-- The days of rpt_cn_days, and for which of them this build computes what the public learns of groups of people: the days of rpt_cn_days
-- with must_compute, and all days from the first on which a person had borrowed or lent whose record this build brought for the first time.
-- Grain: one row per day_on.
with
affected as (
    select min(first.first_on) as affected_from
    from (
        select loan.borrower_id as user_id, loan.disbursed_on as first_on from {{ ref('ldg_loans') }} as loan
        union all
        select lender_id, least(lent_from, promotional_lent_from) from {{ ref('ldg_lender_starts') }}
    ) as first
    inner join {{ ref('ldg_users_as_first_known') }} as person on person.user_id = first.user_id
    where person._load_seq > {{ seen_load_seq() }}
)

select
    days.day_on,
    days.is_month_end,
    days.must_compute or days.day_on >= coalesce(affected.affected_from, {{ open_end() }}) as must_compute
from {{ ref('rpt_cn_days') }} as days
cross join affected
