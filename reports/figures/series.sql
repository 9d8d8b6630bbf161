with days as (
    select distinct as_of_on from {table}
    where is_month_end and as_of_on <= ? order by as_of_on desc limit ?
)
select as_of_on, code, value from {table}
where as_of_on in (select as_of_on from days) and list_contains(?, code)
order by as_of_on, code
