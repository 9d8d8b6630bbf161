-- What happened to loans beside payments, by day; kept for the same reason as dim_institutions.
select event_id, loan_id, event_kind, occurred_on
from {{ ref('stg_loan_events') }}
