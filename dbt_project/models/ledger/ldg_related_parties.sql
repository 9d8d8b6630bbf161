-- Users who are related to the platform.
select user_id, related_party_kind
from {{ ref('ldg_users') }}
where related_party_kind is not null and deleted_at is null
