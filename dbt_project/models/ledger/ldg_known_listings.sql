-- depends_on: {{ ref('rpt_cn_days') }}
-- What a build knew of every listing. Made after the days of the figures, which compare it with what an earlier build knew.
select loan_id, product_id, listed_at, fully_funded_at, fully_funded_on, deleted_at is not null as is_deleted
from {{ ref('stg_loans') }}
