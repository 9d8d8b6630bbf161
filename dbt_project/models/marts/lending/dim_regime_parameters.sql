{{ config(materialized='view') }}
-- How each regime reads its law where the law leaves it open: the installation's own reading where it set one, else the regime's.
{% for regime in var('regimes') %}
select
    '{{ regime }}' as regime,
    seed.name,
    coalesce(own.value, seed.value) as value,
    seed.valid_from
from {{ ref(regime ~ '_parameters') }} as seed
left join {{ source('control', 'ctl_parameters') }} as own on own.name = seed.name
{{ 'union all' if not loop.last }}
{% endfor %}
