{%- set windows, months, amounts = value_windows(), compared_book_months(), value_amounts() %}
{%- set people = {
    'registered': '*', 'verified': 'person.real_name_verified_at', 'lender': 'person.first_invested_at', 'borrower': 'loan.first_disbursed_at'
} -%}
-- What people who registered in a month cost, what they became and what they are worth after loss, by the channel and campaign to which
-- their registration is credited. Grain: one row per month_on, channel and campaign_code, one for all campaigns of a channel, and one for
-- the total ('all').
with
parameters as (
    select
        greatest({{ in_force('value', "name = 'minimum_group_count'") }}::integer, 1) as people_count,
        {{ in_force('value', "name = 'economics_model'") }} as model_kind
    from {{ ref('marketing_parameters') }}
),

credits as {{ found_once() }} (
    select *
    from (
        select
            credit.user_id, credit.month_on, credit.channel, credit.campaign_code,
            case parameters.model_kind
                {%- for model in attribution_models() %}
                when '{{ model }}' then credit.{{ model }}_share
                {%- endfor %}
            end as share
        from {{ ref('fct_conversion_credits') }} as credit
        cross join parameters
        where credit.conversion_kind = 'registration'
    )
    where share > 0
),

-- Added up by share first, so that little is multiplied: in the models that credit one touch the share is 1 for everyone.
people as (
    select
        month_on, channel, campaign_code
        {%- for name in people %},
        {{ as_whole('sum(' ~ name ~ '_count * share)') }} as {{ name }}_share
        {%- endfor %}
    from (
        select
            credit.month_on, credit.channel, credit.campaign_code, credit.share
            {%- for name, column in people.items() %},
            count({{ column }}) as {{ name }}_count
            {%- endfor %}
        from credits as credit
        inner join {{ ref('fct_registrations') }} as person on person.user_id = credit.user_id
        left join {{ ref('fct_first_loans') }} as loan on loan.user_id = credit.user_id
        group by credit.month_on, credit.channel, credit.campaign_code, credit.share
    )
    group by month_on, channel, campaign_code
),

{{ worth_of_credited(ref('fct_user_value')) }},

-- A voucher of a user whose channel is not known is a cost of people without a touch.
costs as (
    select
        date_trunc('month', cost_on)::date as month_on,
        case when channel = 'unknown' then 'none' else channel end as channel,
        campaign_code,
        sum(cost_amount) as cost,
        sum(cost_by_redemption_amount) as cost_by_redemption
    from {{ ref('fct_channel_costs') }}
    where cost_on <= {{ latest_business_date() }}
    group by date_trunc('month', cost_on), case when channel = 'unknown' then 'none' else channel end, campaign_code
),

cells as {{ found_once() }} (
    select month_on, channel, campaign_code from people
    union
    select month_on, channel, campaign_code from costs
),

-- The days of a window are over for a month when they are over for the last user who registered in it.
reached as (
    select date_trunc('month', registered_on)::date as month_on, max(registered_on) as last_registered_on
    from {{ ref('fct_registrations') }}
    group by date_trunc('month', registered_on)
),

summed as (
    select
        cell.month_on, cell.channel, cell.campaign_code
        {%- for name, (column, condition) in amounts.items() %},
        {%- set rows = "worth.value_kind = '" ~ column ~ "' and " ~ condition %}
        {{ as_whole('coalesce(sum(worth.units) filter (' ~ rows ~ '), 0)') }} as {{ name }}
        {%- if column == 'further_loss' %},
        coalesce(bool_or({{ rows }} and worth.has_unknown), false) as {{ name }}_has_unknown
        {%- endif %}
        {%- endfor %}
    from cells as cell
    left join worth
        on worth.month_on = cell.month_on and worth.channel = cell.channel and worth.campaign_code = cell.campaign_code
    group by cell.month_on, cell.channel, cell.campaign_code
),

{{ rounded_in_month('summed', amounts) }},

totals as {{ found_once() }} (
    select
        cell.month_on,
        coalesce(cell.channel, 'all') as channel,
        coalesce(cell.campaign_code, 'all') as campaign_code
        {%- for name in people %},
        {{ as_whole('coalesce(sum(people.' ~ name ~ '_share), 0)') }} as {{ name }}_share
        {%- endfor %},
        cast(coalesce(sum(costs.cost), 0) as decimal(34, 2)) as cost_amount,
        cast(coalesce(sum(costs.cost_by_redemption), 0) as decimal(34, 2)) as cost_by_redemption_amount
        {%- for name, (column, _) in amounts.items() %},
        {% if column == 'further_loss' -%}
        case when count(*) = count(cell.{{ name }}) then {{ shown(as_whole('sum(cell.' ~ name ~ ')'), 8) }} end as {{ name }}_amount
        {%- else -%}
        cast({{ shown(as_whole('sum(cell.' ~ name ~ ')'), 2) }} as decimal(34, 2)) as {{ name }}_amount
        {%- endif %}
        {%- endfor %}
    from rounded as cell
    left join people on people.month_on = cell.month_on and people.channel = cell.channel and people.campaign_code = cell.campaign_code
    left join costs on costs.month_on = cell.month_on and costs.channel = cell.channel and costs.campaign_code = cell.campaign_code
    group by grouping sets ((cell.month_on), (cell.month_on, cell.channel), (cell.month_on, cell.channel, cell.campaign_code))
),

{{ payback_of('totals') }},

told as (
    select
        total.month_on, total.channel, total.campaign_code, parameters.model_kind, parameters.people_count,
        {%- for name in people %}
        total.{{ name }}_share,
        {%- endfor %}
        total.cost_amount,
        total.cost_by_redemption_amount,
        {%- for name, (column, _) in amounts.items() %}
        {%- set days = name.split('_')[-1] %}
        {%- set value = 'total.' ~ name ~ '_amount' %}
        {%- if column == 'further_loss' %}
            {%- set value = 'cast(' ~ value ~ ' + ' ~ value.replace('further', 'realised') ~ ' as decimal(38, 8))' %}
        {%- endif %}
        {%- set kept = name.replace('further', 'expected') %}
        {% if days in ('30', '90', '180', '365') and not name.startswith('book') -%}
        case when reached.last_registered_on + {{ days }} <= {{ latest_business_date() }} then {{ value }} end as {{ kept }}_amount,
        {%- else -%}
        {{ value }} as {{ kept }}_amount,
        {%- endif %}
        {%- endfor %}
        payback.payback_months::integer as payback_months
    from totals as total
    cross join parameters
    left join reached on reached.month_on = total.month_on
    left join payback
        on payback.month_on = total.month_on and payback.channel = total.channel and payback.campaign_code = total.campaign_code
),

counted as (
    select
        *
        {%- for name in people %},
        {{ millionths_of(name ~ '_share') }} as {{ name }}_millionths
        {%- endfor %}
    from told
)

select
    month_on,
    channel,
    campaign_code,
    model_kind,
    {%- for name in people %}
    {{ name }}_share,
    {%- endfor %}
    cost_amount,
    cost_by_redemption_amount,
    {%- for name in amounts %}
    {{ name.replace('further', 'expected') }}_amount,
    {%- endfor %}
    {%- for name in people %}
    {{ amount_per_head(cents('cost_amount'), name, 'people_count') }} as cost_per_{{ name }}_amount,
    {%- endfor %}
    {{ amount_per_head(cents('cost_amount + realised_loss_amount'), 'borrower', 'people_count') }} as cost_per_borrower_after_loss_amount,
    {%- for days in windows %}
    {%- for name, less in (('', ''), ('_after_loss', ' - realised_loss_' ~ days ~ '_amount'), ('_after_expected_loss', ' - expected_loss_' ~ days ~ '_amount')) %}
    {{ amount_per_head(cents('revenue_' ~ days ~ '_amount' ~ less), 'registered', 'people_count') }} as ltv_{{ days }}{{ name }}_amount,
    {%- endfor %}
    {%- endfor %}
    {%- set is_large = 'registered_share >= people_count * ' ~ ten_to(24) %}
    {{ ratio_of_group(cents('revenue_365_amount - cost_amount'), cents('cost_amount'), is_large) }} as roi_rate,
    {{ ratio_of_group(cents('revenue_365_amount - realised_loss_365_amount - cost_amount'), cents('cost_amount'), is_large) }} as roi_after_loss_rate,
    {%- for k in months %}
    {%- for days in (30, 90) %}
    {{ share_of_group(
        cents('book_' ~ k ~ '_over_' ~ days ~ '_amount'), cents('book_' ~ k ~ '_amount'), 'borrower_share', 'people_count * ' ~ ten_to(24)
    ) }} as book_{{ k }}_over_{{ days }}_share,
    {%- endfor %}
    {%- endfor %}
    payback_months
from counted
