-- Users who are related to the platform. Whose record is deleted still is: what was lent to them is still outstanding.
select user_id, related_party_kind
from {{ ref('ldg_users') }}
where related_party_kind is not null
