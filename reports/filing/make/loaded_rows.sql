select
    table_name, sum(rows_read)::bigint, sum(rows_new)::bigint, sum(rows_unchanged)::bigint,
    sum(rows_duplicate)::bigint, sum(rows_quarantined)::bigint, sum(rows_gone)::bigint, sum(rows_released)::bigint,
    (sum(rows_read) + sum(rows_released) - sum(rows_new) - sum(rows_unchanged) - sum(rows_duplicate) - sum(rows_quarantined))::bigint
from ctl_load_tables group by table_name order by table_name
