-- The rows of `waiting` that the source no longer has. The placeholders are conditions on its rows, as `w`.
create or replace temp table superseded as
select
    '${table}' as table_name, load_seq as held_load_seq, row_no, 'superseded' as state_code, ${load_seq}::bigint as _load_seq
from waiting w
where
    (not exists (select 1 from answers a where ${same_row}) and (${key_came}))
    or exists (select 1 from answers a where ${same_row} and a.keeps_rules)
    or ${is_overtaken}
