-- The rows of the table that wait in quarantine, with their key and cursor.
create or replace temp table waiting as
select load_seq, row_no, column_name, _row_hash, ${key}, held."${cursor}" as seen_at
from ${quarantine}
where state_code in (${held_states})
