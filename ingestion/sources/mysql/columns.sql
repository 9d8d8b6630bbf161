-- Columns of every table and view that this user sees, the server's own aside.
select table_schema, table_name, column_name, data_type, column_type from information_schema.columns
where table_schema not in ('information_schema', 'mysql', 'performance_schema', 'sys')
order by table_schema, table_name, ordinal_position
