-- How many people came per day, with promotional loans and without: who registered, lent for the first time, lent for the first time in the
-- month, or borrowed for the first time. Grain: one row per counts_promotional, day_on and people_kind.
with
{{ people_who_came() }}

select counts_promotional, day_on, people_kind, count(*) as times_count
from came
group by counts_promotional, day_on, people_kind
