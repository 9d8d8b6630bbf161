-- The platform's names of the products, branches and institutions by which figures are shown, deleted ones too. Stored because a snapshot
-- has no branches of its own. Grain: one row per segment_kind and segment_id.
select
    'product' as segment_kind,
    product_id::varchar as segment_id,
    name
from {{ ref('stg_products') }}
union all
select 'branch', branch_id::varchar, name from {{ ref('stg_branches') }}
union all
select 'institution', institution_id::varchar, name from {{ ref('dim_institutions') }}
