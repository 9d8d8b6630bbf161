-- The rows of `arrived` that may answer a waiting row: only a few, however many rows arrived.
create or replace temp table answers as
select ${key}, a._row_hash, a."${cursor}" as seen_at, ${keeps_rules} as keeps_rules
from ${arrived}
where exists (select 1 from waiting w where ${same_key})
