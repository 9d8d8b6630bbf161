-- The versions that the lake holds and that still stand, of the keys in `ranked`.
create or replace temp table known as
select *
from (
    select ${key}, ${row_hash} as _row_hash, "${cursor}" as seen_at, _load_seq, file_row_number, file_row_number as _row
    from ${lake}
) k
where exists (select 1 from ranked a where ${on_key}) and ${is_standing}
