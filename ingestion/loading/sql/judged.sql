-- The disposition of each row of `ranked`. The placeholders are conditions on its rows, as `a`.
create or replace temp table judged as
select
    _position,
    case
        when copy > 1 then 'duplicate'
        when violation is null and is_known then 'unchanged'
        when violation is null and not is_conflict and first_hash = _row_hash then 'new'
        when is_held then 'unchanged'
        else 'quarantined'
    end as disposition,
    coalesce(violation, '${key_conflict}:') as reason,
    violation is null and (is_known or (not is_conflict and first_hash = _row_hash)) as keeps_rules
from (
    select a.*, ${is_held} as is_held, ${is_known} as is_known, ${is_conflict} as is_conflict
    from ranked a
)
