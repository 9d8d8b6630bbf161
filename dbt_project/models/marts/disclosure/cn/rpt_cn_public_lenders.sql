{{ config(materialized='view') }}
-- What may be said of a lender in public, in any month: decided once, at the end of the month in which they first lent, among all who first
-- lent in that month. No loan-level data says anything of lenders. Grain: one row per lender_id.
{% set columns = ['user_kind', 'province_code', 'income_band'] %}
with
seen as (
    select lender_id as people_id, last_day(lent_from) as cohort_on, false as is_promotional
    from {{ ref('ldg_lender_starts') }}
    where lent_from is not null
    union all
    select lender_id, last_day(promotional_lent_from), true from {{ ref('ldg_lender_starts') }} where promotional_lent_from is not null
),

{{ said_when_first_seen('cn', 'seen', columns) }}

select people_id as lender_id, cohort_on as first_shown_on, {{ columns | join(', ') }}
from said
