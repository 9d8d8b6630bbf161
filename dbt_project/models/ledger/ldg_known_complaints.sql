-- depends_on: {{ ref('rpt_cn_days') }}
-- When each complaint was received, as a build knew it. Made after the days of the figures, which compare it with what an earlier build knew.
select complaint_id, received_on
from {{ ref('stg_complaints') }}
