{{ config(materialized='view') }}
-- The readings in force: an installation's own where it set one, else the seed's. Grain: one row a name and valid_from.
select
    seed.name,
    coalesce(own.value, seed.value) as value,
    seed.valid_from
from {{ ref('cn_parameters') }} as seed
left join {{ source('control', 'ctl_parameters') }} as own on own.name = seed.name
