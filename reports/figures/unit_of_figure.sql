select metric.unit, not exists (
    select 1 from ctl_metric_needs as needed inner join ctl_supplied as supplied on supplied.supply_name = needed.supply_name
    where needed.code = metric.code and not supplied.is_supplied
)
from ctl_metrics as metric where metric.code = ?
