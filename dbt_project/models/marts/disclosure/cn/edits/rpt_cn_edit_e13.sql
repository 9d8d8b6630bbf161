{{ config(materialized='table_macro') }}
-- A row: a row in quarantine of a table from which a figure is made, unless cn_accepted_quarantine accepts it by name with a reason.
select held.table_name || ' ' || held.key_text as entity, held.column_name as field, held.reason_code as masked_value,
    'held in quarantine since load ' || held.load_seq || ': ' || held.reason_code as message
from {{ source('control', 'ctl_quarantine') }} as held
where held.is_of_figures and as_of_on is not null
    and not exists (
        select 1 from {{ ref('cn_accepted_quarantine') }} as accepted
        where accepted.table_name = held.table_name and accepted.key_text = held.key_text and accepted.reason_code = held.reason_code
            and trim(coalesce(accepted.reason, '')) <> '' and trim(coalesce(accepted.accepted_by, '')) <> ''
    )
