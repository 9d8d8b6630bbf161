{{ config(materialized='incremental', incremental_strategy='append', pre_hook="{{ forget_changed_business() }}") }}
-- Days on which a person was active, as lender or borrower, and in what: the segments of the loans or applications. The other segments,
-- which the product decides, follow from it. Grain: one row per is_lender, user_id, day_on, product, grade, branch and institution. A later
-- build computes the days that it can have changed.
select
    is_lender,
    user_id,
    day_on,
    {{ deed_columns() | join(',\n    ') }},
    is_promotional,
    bool_or(is_investment) as has_invested
from (
    {{ doings() | indent(4) }}
)
where day_on is not null and {{ is_affected('day_on') }}
group by is_lender, user_id, day_on, {{ deed_columns() | join(', ') }}, is_promotional
