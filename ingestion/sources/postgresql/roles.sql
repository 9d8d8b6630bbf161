-- Roles by which this user may do more than read, in words; a superuser first.
select case when rolsuper then 'it is a superuser' else 'it is a member of ' || rolname end from pg_roles
where (rolname = current_user and rolsuper) or (
    rolname in ('pg_write_all_data', 'pg_write_server_files', 'pg_read_server_files', 'pg_execute_server_program')
    and pg_has_role(current_user, oid, 'usage')
)
order by rolsuper desc, rolname
