{{ config(materialized='table', database='working') }}
-- The days whose operating figures by segment are stored: every month end of the history up to the latest day, and the latest day itself.
-- affected_from: the first day that this build can have changed; must_compute: from that day on. Grain: one row per day_on.
{#- Mutable rows are compared with the version known before, to find which days they affect: a reward that is redeemed today changes today,
    not the day of its grant. -#}
{%- set is_full = is_full_build() -%}
{%- set known_listings, known_costs, known_figures = previous('dim_listings'), previous('fct_channel_daily'), previous('rpt_operations_segments') -%}
{%- set touched_loans, moved_people, moved_listings = ref('ldg_touched_loans'), ref('fct_moved_people'), ref('fct_moved_listings') -%}
{%- set listings, channel_days = ref('dim_listings'), ref('fct_channel_daily') -%}
{%- set fees, fund_movements, reserve = ref('stg_fees'), ref('stg_fund_movements'), ref('stg_risk_reserve_movements') -%}
{%- set offers, sales = ref('stg_claim_offers'), ref('stg_claim_transfers') -%}
{%- set applications = changed_versions('loan_applications', ['borrower_id', 'product_id', 'amount', 'applied_at', 'decided_at', 'decision', 'reject_reason']) -%}
{%- set rewards = changed_versions('rewards', ['user_id', 'amount', 'granted_at', 'redeemed_at', 'expires_at']) -%}
{#- Where the source has lost a row that is not stored, its day is not known; a product affects all its listings. -#}
{%- set is_anew = is_full or has_new_rows('products') or has_tombstones('fees') or has_tombstones('fund_movements')
    or has_tombstones('risk_reserve_movements') or has_tombstones('claim_offers') %}
with
history as (
    select min(first.day_on) as first_on
    from (
        select min(registered_on) as day_on from {{ ref('fct_registrations') }}
        union all
        select min(listed_on) from {{ listings }}
    ) as first
),

affected as (
    {%- if is_anew %}
    select {{ open_start() }} as affected_from
    {%- else %}
    select coalesce(min(changed.changed_on), {{ open_end() }}) as affected_from
    from (
        select affected_from as changed_on from {{ touched_loans }}
        union all
        select least(
            {%- for day_on, columns in {'listed_on': ['amount', 'listed_on'], 'fully_funded_on': ['fully_funded_on', 'funding_seconds'],
                'failed_on': ['failed_on']}.items() %}
            case when {{ differ('listing', 'known', columns) }} then least(listing.{{ day_on }}, known.{{ day_on }}) end{{ ',' if not loop.last }}
            {%- endfor %}
        )
        from {{ listings }} as listing
        inner join {{ known_listings }} as known on known.loan_id = listing.loan_id
        union all
        select first_on from {{ moved_listings }}
        union all
        select first_on from {{ moved_people }}
        union all
        select coalesce(cost.day_on, known.day_on)
        from (select day_on, channel, sum(cost_amount) as amount from {{ channel_days }} group by all) as cost
        full join (select day_on, channel, sum(cost_amount) as amount from {{ known_costs }} group by all) as known
            on known.day_on = cost.day_on and known.channel = cost.channel
        where coalesce(cost.amount, 0) <> coalesce(known.amount, 0)
        union all
        select
            case
                when application.is_there and application.was_there and application.borrower_id = application.known_borrower_id
                    and application.product_id = application.known_product_id and application.amount = application.known_amount
                    and application.applied_at = application.known_applied_at
                    then least({{ business_date('application.decided_at') }}, {{ business_date('application.known_decided_at') }})
                else least(
                    {{ business_date('application.applied_at') }}, {{ business_date('application.known_applied_at') }},
                    {{ business_date('application.decided_at') }}, {{ business_date('application.known_decided_at') }}
                )
            end
        from (
            {{ applications | indent(12) }}
        ) as application
        union all
        select
            case
                when reward.is_there and reward.was_there and reward.user_id = reward.known_user_id and reward.amount = reward.known_amount
                    and reward.granted_at = reward.known_granted_at
                    then least(
                        {%- for happened in ['redeemed_at', 'expires_at'] %}
                        case
                            when reward.{{ happened }} is distinct from reward.known_{{ happened }}
                                then least({{ business_date('reward.' ~ happened) }}, {{ business_date('reward.known_' ~ happened) }})
                        end{{ ',' if not loop.last }}
                        {%- endfor %}
                    )
                else least({{ business_date('reward.granted_at') }}, {{ business_date('reward.known_granted_at') }})
            end
        from (
            {{ rewards | indent(12) }}
        ) as reward
        {%- for rows, happened in [(fees, 'charged_on'), (fund_movements, 'occurred_on'), (reserve, 'occurred_on')] %}
        union all
        select {{ happened }} from {{ rows }} where _load_seq > {{ seen_load_seq() }}
        {%- endfor %}
        union all
        select sale.transferred_on
        from {{ offers }} as offer
        inner join {{ sales }} as sale on sale.transfer_id = offer.transfer_id
        where offer._load_seq > {{ seen_load_seq() }}
    ) as changed
    {%- endif %}
),

days as (
    select day_on, day_on = last_day(day_on) as is_month_end
    from (
        select calendar.day_on::date as day_on
        from (
            select unnest({{ days_from('history.first_on', latest_business_date()) }}) as day_on
            from history
        ) as calendar
    )
    where day_on = last_day(day_on) or day_on = {{ latest_business_date() }}
)

select
    days.day_on,
    days.is_month_end,
    affected.affected_from,
    {% if is_anew -%}
    true
    {%- else -%}
    not days.is_month_end or days.day_on >= affected.affected_from
        or days.day_on not in (select known.as_of_on from {{ known_figures }} as known where known.is_month_end)
    {%- endif %} as must_compute
from days
cross join affected
