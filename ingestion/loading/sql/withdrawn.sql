-- The rows of the lake that still stand and break one of the late rules, with today's hash.
create or replace temp table withdrawn as
select
    * exclude (broken) replace (${row_hash} as _row_hash),
    split_part(broken, ':', 1) as reason_code,
    split_part(broken, ':', 2) as column_name
from (
    select ${columns}, k._row_hash, k._load_seq as held_load_seq, k.file_row_number as row_no, ${violation} as broken
    from ${files} k
    where ${is_standing}
)
where broken is not null
order by held_load_seq, row_no
