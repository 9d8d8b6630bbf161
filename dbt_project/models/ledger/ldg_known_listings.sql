{{ config(materialized='incremental', incremental_strategy='delete+insert', unique_key=['loan_id']) }}
-- depends_on: {{ ref('rpt_cn_days') }}
-- depends_on: {{ ref('fct_registrations') }}
-- What a build knew of every listing. Made after what compares it with what an earlier build knew: the days of the figures, and registrations.
select loan_id, product_id, listed_at, fully_funded_at, fully_funded_on, deleted_at is not null as is_deleted
from {{ ref('stg_loans') }}
where _load_seq > {{ seen_load_seq() }}
