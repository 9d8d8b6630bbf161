{{ config(materialized='table_function', parameters=['as_of_on']) }}
-- One row per borrower of loans in scope, with the rank by what they owe.
with
owing as (
    select segment_id::bigint as borrower_id, outstanding_amount
    from {{ rows_of('rpt_cn_portfolio_as_of', 'as_of_on') }}
    where segment_kind = 'borrower'
),

-- Only the first ten need an order.
largest as (
    select borrower_id, row_number() over (order by outstanding_amount desc, borrower_id asc) as outstanding_rank
    from owing
    where outstanding_amount > 0 and outstanding_amount >= (
        select min(ten.outstanding_amount)
        from (select whole.outstanding_amount from owing as whole order by whole.outstanding_amount desc limit 10) as ten
    )
)

select
    owing.borrower_id,
    1 as borrowers_count,
    (owing.outstanding_amount > 0)::integer as outstanding_borrowers_count,
    owing.outstanding_amount,
    case when largest.outstanding_rank <= 10 then owing.outstanding_amount else 0 end as top_ten_amount,
    case when largest.outstanding_rank = 1 then owing.outstanding_amount else 0 end as largest_amount
from owing
left join largest on largest.borrower_id = owing.borrower_id
