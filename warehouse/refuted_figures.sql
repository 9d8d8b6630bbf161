-- A finding of one figure names it; any other finding may affect every figure of the day.
insert into chk_refuted_figures
select
    ?, ?, {code} as found_code, nullif(regexp_extract(entity, '^figure (\S+)$', 1), '') as figure_code, 'failed', count(*)
from {relation}(date '{day}')
where list_contains(?, found_code)
group by found_code, figure_code
