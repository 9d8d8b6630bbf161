-- The rows of `arrived` with null for words that mean it, except in rows that the lake already holds with these words.
select ${columns}, _load_seq, ${hashed}
from (
    select * replace (${nulled})
    from (select *, ${is_held} as is_held from arrived a)
    order by _position
)
