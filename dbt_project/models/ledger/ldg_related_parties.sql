-- depends_on: {{ ref('rpt_cn_days') }}
-- Users who are related to the platform. Made after the days of the figures, which compare it with what an earlier build knew.
select user_id, related_party_kind
from {{ ref('ldg_users') }}
where related_party_kind is not null and deleted_at is null
