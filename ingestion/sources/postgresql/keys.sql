-- Columns of primary keys (p) and foreign keys (f), with the columns that the latter refer to.
select space.nspname, relation.relname, limits.contype, attribute.attname, target.relname, other.attname
from pg_constraint as limits
inner join pg_class as relation on relation.oid = limits.conrelid
inner join pg_namespace as space on space.oid = relation.relnamespace
cross join lateral unnest(limits.conkey) with ordinality as place (number, position)
inner join pg_attribute as attribute on attribute.attrelid = limits.conrelid and attribute.attnum = place.number
left join pg_class as target on target.oid = limits.confrelid
left join pg_attribute as other on other.attrelid = limits.confrelid and other.attnum = limits.confkey[place.position]
where limits.contype in ('p', 'f')
order by space.nspname, relation.relname, limits.conname, place.position
