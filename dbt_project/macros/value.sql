{# What people are worth: the days after a registration at which it is measured, and how amounts of users are credited. #}

{# Days after the registration by which revenue and loss are added up, ascending. #}
{% macro value_windows() -%} {{- return([30, 90, 180, 365]) -}} {%- endmacro %}

{# Months on book at which loans of people who registered in different months are compared. #}
{% macro compared_book_months() -%} {{- return([6, 12]) -}} {%- endmacro %}

{# A share (10^-24) of a sum that may have eight digits after the point, in units of 10^-9 cents. Twelve digits of the share are enough. #}
{% macro fine_position_of(share, amount) -%}
    {{ rounded_quotient(divided(share, ten_to(12)) ~ ' * ' ~ eighths(amount), ten_to(9)) }}
{%- endmacro %}

{# Cents per person of a sum of shares (10^-24), as money rounded half away from zero; null for fewer than `least` people. The sum is the
   column `<people>_share`, the same in millionths `<people>_millionths`: computed once, because many quotients use it. #}
{% macro amount_per_head(cents, people, least) -%}
    case when {{ people }}_share >= {{ least }} * {{ ten_to(24) }}
        then cast({{ shown(rounded_quotient('(' ~ cents ~ ') * ' ~ ten_to(6), people ~ '_millionths'), 2) }} as decimal(34, 2)) end
{%- endmacro %}
{% macro millionths_of(share) -%} {{ rounded_quotient(share, ten_to(18)) }} {%- endmacro %}

{# part ÷ whole to six digits, for any size and sign, both whole numbers; null for a whole of 0 or less, and where there are too few people.
   #}
{% macro ratio_of_group(part, whole, is_large) -%}
    case when {{ is_large }} and {{ whole }} > 0
        then cast({{ shown(rounded_quotient('(' ~ part ~ ') * ' ~ ten_to(6), whole), 6) }} as decimal(30, 6)) end
{%- endmacro %}

{# Amounts per group of people: by the name of the column, the kind of fct_user_value and the rows of `worth` that count. #}
{% macro value_amounts() -%}
    {%- set amounts = {} -%}
    {%- for days in value_windows() + [none] -%}
        {%- set after, by, at = ('_' ~ days, 'worth.window_days <= ' ~ days, 'worth.window_days = ' ~ days) if days
            else ('', 'true', 'worth.window_days = ' ~ endless_days()) -%}
        {%- do amounts.update({
            'revenue' ~ after: ('revenue', by), 'realised_loss' ~ after: ('loss_change', by), 'further_loss' ~ after: ('further_loss', at),
        }) -%}
    {%- endfor -%}
    {%- for name in ('lenders_loss', 'disbursed', 'lent', 'withdrawn', 'position') -%} {%- do amounts.update({name: (name, 'true')}) -%} {%- endfor -%}
    {%- for k in compared_book_months() -%}
        {%- for part in ('', '_over_30', '_over_90') -%} {%- do amounts.update({'book_' ~ k ~ part: ('book_' ~ k ~ part, 'true')}) -%} {%- endfor -%}
    {%- endfor -%}
    {%- do return(amounts) -%}
{%- endmacro %}

{# Common table expressions, the last one called `worth`: what users of `credits` brought, by cell, month, window and kind, in units of
   10^-9 cents. Added up by share before anything is multiplied: in the models that credit one touch the share is 1 for everyone. #}
{% macro worth_of_credited(values) %}
-- To group by the number of a cell takes less time than by its names.
numbered_cells as {{ found_once() }} (
    select *, row_number() over (order by month_on, channel, campaign_code) as cell_no
    from (select distinct month_on, channel, campaign_code from credits)
),

placed_credits as (
    select credit.user_id, credit.share, cell.cell_no
    from credits as credit
    inner join numbered_cells as cell
        on cell.month_on = credit.month_on and cell.channel = credit.channel and cell.campaign_code = credit.campaign_code
),

by_share as (
    select
        credit.cell_no, credit.share, value.month_on as value_month_on, value.window_days, value.value_kind,
        sum(value.amount) as amount,
        count(*) > count(value.amount) as has_unknown
    from placed_credits as credit
    inner join {{ values }} as value on value.user_id = credit.user_id
    group by credit.cell_no, credit.share, value.month_on, value.window_days, value.value_kind
),

worth as {{ found_once() }} (
    select
        cell.month_on, cell.channel, cell.campaign_code, part.value_month_on, part.window_days, part.value_kind,
        bool_or(part.has_unknown) as has_unknown,
        sum({{ fine_position_of('part.share', 'part.amount') }}) as units
    from by_share as part
    inner join numbered_cells as cell on cell.cell_no = part.cell_no
    group by cell.month_on, cell.channel, cell.campaign_code, part.value_month_on, part.window_days, part.value_kind
)
{%- endmacro %}

{# Common table expressions, the last one called `rounded`: amounts of cells in cents, expected further loss in units of 10^-8 (null where
   it is not known). Rounded by running sums, so that split amounts add up to the cents of the total; in models that credit one touch
   nothing is split. #}
{% macro rounded_in_month(relation, amounts) %}
running_sums as (
    select
        month_on, channel, campaign_code
        {%- for name, (column, _) in amounts.items() %},
        sum({{ name }}) over cells_of_month as {{ name }},
        sum({{ name }}) over cells_of_month - {{ name }} as {{ name }}_before
        {%- if column == 'further_loss' %},
        {{ name }}_has_unknown
        {%- endif %}
        {%- endfor %}
    from {{ relation }}
    window cells_of_month as (partition by month_on order by channel, campaign_code rows unbounded preceding)
),

rounded as (
    select
        month_on, channel, campaign_code
        {%- for name, (column, _) in amounts.items() %},
        {% if column == 'further_loss' -%}
        case when not {{ name }}_has_unknown
            then {{ rounded_quotient(name, ten_to(3)) }} - {{ rounded_quotient(name ~ '_before', ten_to(3)) }} end
        {%- else -%}
        {{ rounded_quotient(name, ten_to(9)) }} - {{ rounded_quotient(name ~ '_before', ten_to(9)) }}
        {%- endif %} as {{ name }}
        {%- endfor %}
    from running_sums
)
{%- endmacro %}

{# Common table expressions, the last one called `payback`: for each cell, channel and month, the first month by whose end `worth` has
   reached the cost of `totals`, if there is one. #}
{% macro payback_of(totals) %}
-- Months that are over, with what came in less what was lost in them; and the month of registration in any case.
months as (
    select
        month_on,
        coalesce(channel, 'all') as channel,
        coalesce(campaign_code, 'all') as campaign_code,
        since_months,
        sum(net) as net
    from (
        select
            month_on, channel, campaign_code, greatest(date_diff('month', month_on, value_month_on), 0) as since_months,
            case when value_kind = 'revenue' then units else -units end as net
        from worth
        where last_day(value_month_on) <= {{ latest_business_date() }} and value_kind in ('revenue', 'loss_change')
        union all
        select month_on, channel, campaign_code, 0, 0 from cells where last_day(month_on) <= {{ latest_business_date() }}
    )
    group by grouping sets ((month_on, since_months), (month_on, channel, since_months), (month_on, channel, campaign_code, since_months))
),

running as (
    select
        month_on, channel, campaign_code, since_months,
        sum(net) over (partition by month_on, channel, campaign_code order by since_months) as net_to_date
    from months
),

payback as (
    select total.month_on, total.channel, total.campaign_code, min(running.since_months) as payback_months
    from {{ totals }} as total
    inner join running
        on running.month_on = total.month_on and running.channel = total.channel and running.campaign_code = total.campaign_code
            and running.net_to_date >= {{ cents('total.cost_amount') }} * {{ ten_to(9) }}
    group by total.month_on, total.channel, total.campaign_code
)
{%- endmacro %}

{# Whether a share (in units of 10^-18) of a loan's outstanding cents is a claim: at least half a cent. A full sale to the cent leaves less
   behind. #}
{% macro is_claim(position) -%} {{ position }} >= {{ ten_to(17) }} * 5 {%- endmacro %}
