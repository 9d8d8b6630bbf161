-- Events of loans other than payments, by day; stored for the same reason as dim_institutions.
select event_id, loan_id, event_kind, occurred_on
from {{ ref('stg_loan_events') }}
