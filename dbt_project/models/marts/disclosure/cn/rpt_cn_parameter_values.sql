{{ config(materialized='view') }}
-- The readings in force: the installation's own where it set one, else the seed's. Grain: one row per name and valid_from.
select name, value, valid_from
from {{ ref('dim_regime_parameters') }}
where regime = 'cn'
