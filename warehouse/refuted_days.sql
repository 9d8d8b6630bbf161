-- What a page compares: the newest month end, the one before, and that of a year before. A platform younger than a month has its latest day.
with newest as (select coalesce(max(as_of_on) filter (where is_month_end), max(as_of_on)) as newest_on from {table})
select distinct stored.as_of_on
from {table} as stored cross join newest
where stored.as_of_on in (newest_on, last_day(newest_on - interval 1 month), last_day(newest_on - interval 1 year))
order by 1
