{{ config(materialized='view') }}
{% set models = attribution_models() -%}
-- Conversions and their money as each model credits them to channels and campaigns, by month, and how much the models disagree. Grain: one
-- row per month_on, conversion_kind, model_kind, channel and campaign_code, one for all campaigns of a channel, and one for the total
-- ('all').
with
minimum as (
    {{ smallest_group() }}
),

totals as (
    select
        conversion_kind,
        date_trunc('month', converted_on)::date as month_on,
        count(*) as conversions_count,
        {{ cents('sum(amount)') }} * {{ ten_to(9) }} as amount_units
    from {{ ref('fct_conversions') }}
    group by all
),

credited as (
    select
        credit.month_on,
        credit.conversion_kind,
        credit.channel,
        credit.campaign_code
        {%- for model in models %},
        sum(credit.{{ model }}_share) as {{ model }}_credit,
        sum({{ position_of_cents('credit.' ~ model ~ '_share', 'conversion.cents') }}) as {{ model }}_units
        {%- endfor %}
    from {{ ref('fct_conversion_credits') }} as credit
    -- In cents once, not in every model.
    inner join (select conversion_kind, user_id, {{ cents('amount') }} as cents from {{ ref('fct_conversions') }}) as conversion
        on conversion.conversion_kind = credit.conversion_kind and conversion.user_id = credit.user_id
    group by credit.month_on, credit.conversion_kind, credit.channel, credit.campaign_code
),

models as (
    select
        month_on,
        conversion_kind,
        channel,
        campaign_code,
        {% set structs = [] -%}
        {%- for model in models -%}
        {%- do structs.append("{'model_kind': '" ~ model ~ "', 'credit': " ~ model ~ "_credit, 'units': " ~ model ~ "_units}") -%}
        {%- endfor -%}
        {{ row_each(structs) }}
    from credited
),

-- Rounded so that the cents of a month add up to its amount, in every model.
cells as (
    select
        model.month_on,
        model.conversion_kind,
        model.model_kind,
        model.channel,
        model.campaign_code,
        model.credit,
        {{ largest_remainder(
            'model.units', 'total.amount_units', ['model.month_on', 'model.conversion_kind', 'model.model_kind'], 'model.channel, model.campaign_code'
        ) }} as amount
    from models as model
    inner join totals as total on total.conversion_kind = model.conversion_kind and total.month_on = model.month_on
),

sums as (
    select
        month_on,
        conversion_kind,
        model_kind,
        coalesce(channel, 'all') as channel,
        coalesce(campaign_code, 'all') as campaign_code,
        sum(credit) as credit,
        sum(amount) as amount
    from cells
    group by grouping sets (
        (month_on, conversion_kind, model_kind),
        (month_on, conversion_kind, model_kind, channel),
        (month_on, conversion_kind, model_kind, channel, campaign_code)
    )
),

spreads as (
    select
        *,
        max(credit) over of_cell - min(credit) over of_cell as spread,
        max(case when model_kind = 'last_non_direct' then credit end) over of_cell as default_credit
    from sums
    window of_cell as (partition by month_on, conversion_kind, channel, campaign_code)
),

-- What one channel has more than in the default model, another has less.
moved as (
    select month_on, conversion_kind, model_kind, sum(abs(credit - default_credit)) as both_ways
    from spreads
    where channel <> 'all' and campaign_code = 'all'
    group by month_on, conversion_kind, model_kind
)

select
    spread.month_on,
    spread.conversion_kind,
    spread.model_kind,
    spread.channel,
    spread.campaign_code,
    total.conversions_count,
    {{ as_whole('spread.credit') }} as credited_share,
    cast(spread.amount as decimal(34, 2)) as credited_amount,
    case when spread.channel <> 'all' then {{ as_whole('spread.spread') }} end as spread_share,
    case when spread.channel = 'all' and total.conversions_count >= minimum.people_count then
        cast({{ shown(rounded_quotient('moved.both_ways * 1000000', '2 * total.conversions_count * ' ~ ten_to(24)), 6) }} as decimal(9, 6))
    end as moved_share
from spreads as spread
cross join minimum
inner join totals as total on total.conversion_kind = spread.conversion_kind and total.month_on = spread.month_on
inner join moved
    on moved.month_on = spread.month_on and moved.conversion_kind = spread.conversion_kind and moved.model_kind = spread.model_kind
