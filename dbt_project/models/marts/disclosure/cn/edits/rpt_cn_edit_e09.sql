{{ config(materialized='table_function', parameters=['as_of_on']) }}
-- One row per reference and day, up to the day asked for, on which the platform's ledger and the custodian's statement differ (CN-E09). Two
-- cases need no repair: the two sides of one amount lie within a quarter of an hour around midnight (CN-E09W), or their references differ
-- only by blanks and the case of letters (CN-E20). Rows after midnight of the day asked for are read too, to find the other side.
with
leftover as (
    select * from {{ ref('ldg_custody_leftovers') }} where date_diff('day', as_of_on, moved_on) <= 1
),

judged as (
    select
        plain_reference,
        case
            when plain_reference = '' or sum(difference_amount) <> 0 then 'CN-E09'
            when min(moved_on) = max(moved_on) then 'CN-E20'
            when date_diff('second', min(moved_at), max(moved_at)) <= 900 then 'CN-E09W'
            else 'CN-E09'
        end as check_code
    from leftover
    group by plain_reference
),

differing as (
    select
        judged.check_code,
        leftover.plain_reference,
        leftover.custodian_reference,
        leftover.moved_on,
        sum(leftover.difference_amount) as difference_amount,
        min(leftover.moved_at) as moved_at
    from leftover
    inner join judged on judged.plain_reference = leftover.plain_reference
    where leftover.moved_on <= as_of_on
    group by judged.check_code, leftover.plain_reference, leftover.custodian_reference, leftover.moved_on
),

by_reference as (
    select check_code, plain_reference, custodian_reference, min(moved_on) as moved_on, sum(difference_amount) as difference_amount
    from differing
    group by check_code, plain_reference, custodian_reference
),

-- The same amount with the other sign, within three days under another reference.
near as (
    select missing.custodian_reference, min(other.custodian_reference) as other_reference
    from by_reference as missing
    inner join by_reference as other
        on other.difference_amount = -missing.difference_amount
            and other.plain_reference <> missing.plain_reference
            and abs(date_diff('day', missing.moved_on, other.moved_on)) <= 3
    where missing.check_code = 'CN-E09' and other.check_code = 'CN-E09' and missing.difference_amount <> 0
    group by missing.custodian_reference
)

select
    found.check_code,
    'reference ' || case found.custodian_reference when '' then '(none)' else found.custodian_reference end as entity,
    'amount' as field,
    found.difference_amount::varchar as masked_value,
    case found.check_code
        when 'CN-E20' then 'the other side writes this reference with other blanks or letters; amount and day are the same'
        when 'CN-E09W' then 'the two sides of this amount lie within 15 minutes around midnight, and so on two days'
        else
            'platform less custodian: ' || found.difference_amount || ' in all'
            || case when found.difference_amount = 0 then ', booked on another day than moved' else '' end
            || coalesce('; the other side has the same amount under reference ' || near.other_reference, '')
    end as message
from by_reference as found
left join near on near.custodian_reference = found.custodian_reference and found.check_code = 'CN-E09'
union all
select 'CN-E09', 'day ' || moved_on, 'amount', sum(difference_amount)::varchar,
    'platform less custodian on the day: ' || sum(difference_amount)
from differing
where check_code = 'CN-E09'
group by moved_on
having sum(difference_amount) <> 0
