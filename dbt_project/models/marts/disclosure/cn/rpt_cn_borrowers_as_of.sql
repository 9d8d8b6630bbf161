{{ config(materialized='table_macro') }}
-- depends_on: {{ ref('rpt_cn_scope_as_of') }}
-- One row a borrower of loans in scope, with the rank by what is owed.
select
    borrower_id,
    1 as borrowers_count,
    (sum(outstanding_amount) > 0)::integer as outstanding_borrowers_count,
    sum(outstanding_amount) as outstanding_amount,
    case when outstanding_rank <= 10 and sum(outstanding_amount) > 0 then sum(outstanding_amount) else 0 end as top_ten_amount,
    case when outstanding_rank = 1 and sum(outstanding_amount) > 0 then sum(outstanding_amount) else 0 end as largest_amount
from (
    select
        borrower_id,
        sum(outstanding_amount) as outstanding_amount,
        row_number() over (order by sum(outstanding_amount) desc, borrower_id) as outstanding_rank
    from rpt_cn_scope_as_of(as_of_on)
    group by borrower_id
)
group by borrower_id, outstanding_rank
