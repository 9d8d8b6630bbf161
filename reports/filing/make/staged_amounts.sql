-- Append tables are never replaced, so what loads added and did not find gone later must be in staging to the cent. Of mutable tables only
-- the newest version is there, and their sums are stated without an identity. Views are left out: a snapshot lacks the lake they show.
select
    columns.table_name,
    columns.column_name,
    bool_or(siblings.column_name = 'created_at') and not bool_or(siblings.column_name = 'updated_at') as is_append
from duckdb_columns() as columns
inner join duckdb_columns() as siblings
    on columns.schema_name = siblings.schema_name and columns.table_name = siblings.table_name
where columns.database_name = current_database() and siblings.database_name = current_database()
    and not columns.internal
    and columns.table_name in (select table_name from duckdb_tables() where database_name = current_database())
    and columns.table_name like 'stg\_%' escape '\'
group by columns.table_name, columns.column_name
