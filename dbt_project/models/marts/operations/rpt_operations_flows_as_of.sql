{{ config(materialized='table_function', parameters=['as_of_on']) }}
-- What happened on each day of the month up to a day, by channel, as the home regime counts it: the rows behind figures whose own rows a
-- snapshot does not keep, or that are made from several sets of rows. Grain: one row per day_on and channel.
{%- set formulas = {} %}
{%- for code, numerator, _, _ in operating_figures().flows %}{% do formulas.update({code: numerator}) %}{% endfor %}
{%- set measures = [
    'lent_amount', 'repaid_amount', 'fees_amount', 'contributed_amount', 'own_compensated_amount', 'applications_count', 'applied_amount', 'approved_count',
    'rejected_count', 'deposited_amount', 'withdrawn_amount', 'timed_transfers_count', 'sale_seconds'
] %}
with
readings as (
    {{ home_readings() }}
),

told as (
    select
        fact.day_on, fact.segment_id as channel, fact.{{ measures | join(', fact.') }},
        {{ if_so('fact.day_on = as_of_on', 'fact.present_borrowers_count') }} as present_borrowers_count, 0 as cost_amount
    from {{ ref('fct_business_daily') }} as fact
    inner join readings on readings.counts_promotional or not fact.is_promotional
    where fact.segment_kind = 'channel' and {{ is_in_month('fact.day_on') }}
    union all
    select cost.day_on, cost.channel, {{ (['0'] * measures | length) | join(', ') }}, 0, cost.cost_amount
    from {{ ref('fct_channel_daily') }} as cost
    where {{ is_in_month('cost.day_on') }}
),

summed as (
    select
        day_on,
        channel
        {%- for measure in measures + ['present_borrowers_count', 'cost_amount'] %},
        sum({{ measure }}) as {{ measure }}
        {%- endfor %}
    from told
    group by day_on, channel
)

select
    day_on,
    channel,
    {{ formulas['OP-B04'] }} as net_lent_amount,
    applications_count::bigint as applications_count,
    applied_amount,
    approved_count::bigint as approved_count,
    rejected_count::bigint as rejected_count,
    timed_transfers_count::bigint as timed_transfers_count,
    sale_seconds,
    present_borrowers_count::bigint as present_borrowers_count,
    {{ formulas['OP-H01'] }} as net_inflow_amount,
    deposited_amount,
    withdrawn_amount,
    contributed_amount,
    cost_amount,
    {{ formulas['OP-I01'] }} as margin_amount
from summed
