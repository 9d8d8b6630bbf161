-- Institutions that work with the platform, kept because edits and projects of any day are asked of a snapshot without the lake.
select
    institution_id,
    name,
    institution_kind,
    licence_no,
    cooperation_started_on,
    cooperation_ended_on,
    guarantee_limit
from {{ ref('stg_institutions') }}
where deleted_at is null
