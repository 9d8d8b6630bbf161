{{ config(materialized='table') }}
-- The rows by which the platform's ledger of its users' accounts and the custodian's statement differ: all rows of every reference and day
-- with a difference. They are few, so an edit that judges a difference can compare instants and spelling.
with
differing as (
    select custodian_reference, moved_on from {{ ref('ldg_custody_differences') }}
)

select
    'platform' as ledger_side,
    movement.movement_id as row_id,
    differing.custodian_reference,
    lower({{ trimmed("differing.custodian_reference") }}) as plain_reference,
    differing.moved_on,
    movement.occurred_at as moved_at,
    movement.amount as difference_amount
from {{ ref('stg_fund_movements') }} as movement
inner join differing
    on differing.custodian_reference = coalesce(movement.custodian_reference, '') and differing.moved_on = movement.occurred_on
union all
select
    'custodian',
    booked.entry_id,
    differing.custodian_reference,
    lower({{ trimmed("differing.custodian_reference") }}),
    differing.moved_on,
    booked.booked_at,
    -booked.amount
from {{ ref('stg_custodian_entries') }} as booked
inner join differing on differing.custodian_reference = booked.custodian_reference and differing.moved_on = booked.booked_on
