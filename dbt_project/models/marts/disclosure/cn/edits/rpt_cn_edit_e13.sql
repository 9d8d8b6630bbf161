{{ config(materialized='table_function', parameters=['as_of_on']) }}
-- One row per open row in quarantine of a table from which a figure is made. Rows accepted by name, superseded or released are no longer
-- open.
select held.table_name || ' ' || held.key_text as entity, coalesce(held.column_name, 'row') as field, held.reason_code as masked_value,
    'held in quarantine since load ' || held.load_seq || ': ' || held.reason_code || ' (' || held.quarantine_id || ')' as message
from {{ source('control', 'ctl_quarantine') }} as held
where held.is_of_figures and held.state_code = 'open' and as_of_on is not null
