select
    metric.name_zh,
    metric.name_en,
    credited.credited_share,
    credited.credited_amount,
    100 * whole.moved_share
from rpt_marketing_attribution as credited
inner join rpt_marketing_attribution as whole
    on whole.month_on = credited.month_on and whole.model_kind = credited.model_kind
    and whole.conversion_kind = credited.conversion_kind and whole.channel = 'all'
inner join ctl_metrics as metric
    on metric.column_name = credited.model_kind || '_share' and metric.metric_set = 'marketing' and metric.section = 'E'
where credited.month_on = ? and credited.conversion_kind = ? and credited.channel = ? and credited.campaign_code = 'all'
order by metric.code
