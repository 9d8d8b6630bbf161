-- How many tables and views this user may change, and the first of them.
select count(*), min(space.nspname || '.' || relation.relname)
from pg_class as relation
inner join pg_namespace as space on space.oid = relation.relnamespace
where relation.relkind in ('r', 'v', 'p', 'f') and space.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')
    and has_schema_privilege(space.oid, 'usage') and has_table_privilege(relation.oid, 'insert, update, delete, truncate')
