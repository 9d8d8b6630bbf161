-- The rows of `arrived` with their violation and their place among those of the same key.
create or replace temp table ranked as
select *, ${copy} as copy, ${first_hash} as first_hash, ${is_last} as is_last
from (
    select ${key}, _row_hash, _position, violation, "${cursor}" as seen_at
    from arrived
    left join violations using (_position)
)
