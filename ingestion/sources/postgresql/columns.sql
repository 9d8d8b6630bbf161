-- Columns of everything that this user sees, in one query: otherwise thirty tables would need thirty.
select
    space.nspname, relation.relname, pg_table_is_visible(relation.oid), attribute.attname,
    coalesce(base.typname, type.typname), coalesce(base.typtype, type.typtype) = 'e', format_type(attribute.atttypid, attribute.atttypmod)
from pg_attribute as attribute
inner join pg_class as relation on relation.oid = attribute.attrelid and relation.relkind in ('r', 'v', 'm', 'p', 'f')
inner join pg_namespace as space on space.oid = relation.relnamespace
inner join pg_type as type on type.oid = attribute.atttypid
left join pg_type as base on base.oid = type.typbasetype
where attribute.attnum > 0 and not attribute.attisdropped
    and space.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')
order by space.nspname, relation.relname, attribute.attnum
