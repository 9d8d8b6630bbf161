{{ config(materialized='table_function', parameters=['as_of_on']) }}
-- One row per cumulative figure that is below the previous month end, with the reversals in between, which alone may lower it.
with
asked as (select as_of_on::date as asked_on, (date_trunc('month', as_of_on) - interval 1 day)::date as previous_on),

figures as (
    select now.code, now.value, before.value as previous_value
    from asked
    inner join {{ ref('rpt_cn_figures') }} as now on now.as_of_on = asked.asked_on
    inner join {{ source('control', 'ctl_metrics') }} as metric on metric.code = now.code and metric.is_cumulative
    inner join {{ ref('rpt_cn_figures') }} as before on before.code = now.code and before.as_of_on = asked.previous_on
),

reversed as (
    select coalesce(-sum(reversal.principal + reversal.interest + reversal.penalty), 0) as amount, count(*) as reversals_count
    from {{ ref('stg_repayments') }} as reversal, asked
    where reversal.reverses_repayment_id is not null and reversal.payee_kind = 'lenders'
        and reversal.payer_kind in ('guarantor', 'insurer', 'risk_reserve')
        and reversal.paid_on > asked.previous_on and reversal.paid_on <= asked.asked_on
)

select 'figure ' || figures.code as entity, 'value' as field, figures.value::varchar as masked_value,
    'fell from ' || figures.previous_value || ' to ' || figures.value || '; reversals of compensation in between: '
    || reversed.reversals_count || ' of ' || reversed.amount as message
from figures, reversed
where figures.value < figures.previous_value
    and not (
        (figures.code = 'CN-A18' and figures.previous_value - figures.value <= reversed.amount)
        or (figures.code = 'CN-A19' and figures.previous_value - figures.value <= reversed.reversals_count)
    )
