-- How far the people who registered on a day came as lenders, in strict order: a step counts when every step before it was taken and none of
-- them later. Grain: one row a registered_on, channel and campaign_code.
{% set steps = [
    ('visit', 'visited_at'), ('registration', 'registered_at'), ('mobile', 'mobile_verified_at'), ('real_name', 'real_name_verified_at'),
    ('bank_card', 'bank_card_verified_at'), ('first_deposit', 'deposited_at'), ('first_investment', 'first_invested_at'),
    ('second_investment', 'second_invested_at')
] %}
select
    registered_on,
    channel,
    campaign_code,
    count(*)::bigint as users_count
    {%- for step, _ in steps %},
    {%- set index = loop.index0 %}
    count(*) filter (
        visited_at is not null
        {%- for later in range(1, index + 1) %} and {{ steps[later][1] }} >= {{ steps[later - 1][1] }}{% endfor -%}
    )::bigint as {{ step }}_count
    {%- endfor %}
from {{ ref('fct_registrations') }}
group by all
