{{ config(materialized='incremental', incremental_strategy='append', pre_hook="{{ forget_gone('contracts') }}") }}
-- Signed contracts of loans and of claim transfers, stored because edits of any day are computed from a snapshot without the lake. New
-- loads add rows, since a contract never changes. A hash is known when it is the 64 hexadecimal digits of a SHA-256.
select contract_id, contract_kind, loan_id, user_id, signed_on,
    coalesce(length(document_sha256) = 64 and not regexp_matches(document_sha256, '[^0-9a-fA-F]'), false) as has_known_hash
from {{ ref('stg_contracts') }}
where _load_seq > {{ seen_load_seq() }} and contract_kind in ('loan', 'claim_transfer') and loan_id is not null
