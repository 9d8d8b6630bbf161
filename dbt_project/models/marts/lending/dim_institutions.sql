-- Institutions that work with the platform, stored because edits and projects of any day are computed from a snapshot without the lake. An
-- institution whose record the platform has deleted is kept too: it stood behind loans, and may still.
select
    institution_id,
    name,
    institution_kind,
    licence_no,
    cooperation_started_on,
    cooperation_ended_on,
    guarantee_limit,
    deleted_at is not null as is_deleted
from {{ ref('stg_institutions') }}
