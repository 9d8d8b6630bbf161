{{ config(materialized='table_macro') }}
-- A row: a row in quarantine of a table from which a figure is made.
select held.table_name || ' ' || held.key_text as entity, held.column_name as field, held.reason_code as masked_value,
    'held in quarantine since load ' || held.load_seq || ': ' || held.reason_code as message
from {{ source('control', 'ctl_quarantine') }} as held
where held.is_of_figures and as_of_on is not null
