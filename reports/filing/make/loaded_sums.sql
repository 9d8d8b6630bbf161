select
    table_name, column_name, sum(read_amount::decimal(38, 2)), sum(new_amount::decimal(38, 2)),
    sum(unchanged_amount::decimal(38, 2)), sum(duplicate_amount::decimal(38, 2)),
    sum(quarantined_amount::decimal(38, 2)), sum(gone_amount::decimal(38, 2)), sum(released_amount::decimal(38, 2)),
    sum(
        read_amount::decimal(38, 2) + released_amount::decimal(38, 2) - new_amount::decimal(38, 2) - unchanged_amount::decimal(38, 2)
        - duplicate_amount::decimal(38, 2) - quarantined_amount::decimal(38, 2)
    )
from ctl_load_sums group by table_name, column_name order by table_name, column_name
