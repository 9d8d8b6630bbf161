{{ config(materialized='table_function', parameters=['as_of_on']) }}
-- One row per loan whose investments add up to its amount but whose holders' shares do not add up to one within the rounding of each change
-- (half of 10^-24), or in which a transfer lost or created a share.
with
funded as (
    select investment.loan_id, sum(investment.amount) as invested_amount
    from {{ ref('stg_investments') }} as investment
    group by investment.loan_id
),

shares as (
    select loan_id, sum(share_change) as share, sum(changes_count) as changes_count
    from {{ ref('ldg_share_changes') }}
    group by loan_id
)

select 'loan ' || shares.loan_id as entity, 'share' as field, shares.share::varchar as masked_value,
    'shares of a fully funded loan add up to ' || shares.share || ' of 10^24' as message
from shares
inner join funded on funded.loan_id = shares.loan_id
inner join {{ ref('ldg_loans') }} as loan on loan.loan_id = shares.loan_id and loan.amount = funded.invested_amount
where abs(shares.share - {{ ten_to(24) }}) > shares.changes_count and as_of_on is not null
