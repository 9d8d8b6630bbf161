-- `known` where the lake holds nothing of the table.
create or replace temp table known as
select ${key}, _row_hash, seen_at, 0::bigint as _load_seq, 0::bigint as _row
from ranked
where false
