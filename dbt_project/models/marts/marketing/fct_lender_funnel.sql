-- How far the people who registered on a day came as lenders, in strict order: a step counts when every step before it was taken and none of
-- them later. Grain: one row a registered_on, channel and campaign_code.
{% set steps = [
    ('visit', 'visited_at'), ('registration', 'registered_at'), ('mobile', 'mobile_verified_at'), ('real_name', 'real_name_verified_at'),
    ('bank_card', 'bank_card_verified_at'), ('first_deposit', 'deposited_at'), ('first_investment', 'first_invested_at'),
    ('second_investment', 'second_invested_at')
] %}
with
-- A person stops at the first step that is missing or was taken before the one before it.
reached as (
    select
        registered_on,
        channel,
        campaign_code,
        case
            when visited_at is null then 0
            {%- for _, taken_at in steps[1:] %}
            when {{ taken_at }} is null or {{ taken_at }} < {{ steps[loop.index0][1] }} then {{ loop.index }}
            {%- endfor %}
            else {{ steps | length }}
        end as steps_count,
        count(*) as users_count
    from {{ ref('fct_registrations') }}
    group by all
)

select
    registered_on,
    channel,
    campaign_code,
    sum(users_count)::bigint as users_count
    {%- for step, _ in steps %},
    coalesce(sum(users_count) filter (steps_count >= {{ loop.index }}), 0)::bigint as {{ step }}_count
    {%- endfor %}
from reached
group by all
