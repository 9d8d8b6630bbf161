-- The newest version of each key in `gone`, marked as deleted.
select ${columns}, ${load_seq}::bigint as _load_seq, ${row_hash} as _row_hash
from (
    select * replace (${gone_at} as deleted_at)
    from ${lake} k
    where exists (select 1 from gone g where ${on_key}) and ${is_standing}
    qualify row_number() over (partition by ${key} order by updated_at desc, _load_seq desc, file_row_number desc) = 1
)
order by ${key}
