-- Keys of a mutable table that the lake holds, by their newest version, and whether each stands.
select ${key}, deleted_at is null and ${is_counted} as is_standing
from (
    select ${key}, deleted_at, _load_seq
    from ${lake} k
    where ${is_standing}
    qualify row_number() over (partition by ${key} order by updated_at desc, _load_seq desc, file_row_number desc) = 1
)
where ${is_not_ours}
