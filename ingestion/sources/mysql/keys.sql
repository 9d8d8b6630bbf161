-- Columns of primary and foreign keys in the address's database, with the columns that the latter refer to.
select table_schema, table_name, constraint_name, column_name, referenced_table_name, referenced_column_name
from information_schema.key_column_usage
where table_schema = database() and (constraint_name = 'PRIMARY' or referenced_table_name is not null)
order by table_schema, table_name, constraint_name, ordinal_position
