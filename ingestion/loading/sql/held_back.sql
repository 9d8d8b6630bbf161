-- Rows as quarantine keeps them.
select
    '${table}' as table_name, ${reason_code} as reason_code, ${column_name} as column_name,
    ${key_text} as key_text, ${row_json} as row_json, ${load_seq}::bigint as load_seq, _row_hash
from ${rows}
order by ${order}
