"""What the login of a source may do beside reading, so that whoever gave it can take it back.

Belongs here: asking the server, in words for a person. Does not: keeping a query from using such a right (`ingestion.mapping.given_sql`,
the read-only sessions). A file is opened read-only, whatever its owner may do.
"""

from __future__ import annotations

import re

from ingestion.sources.database import DatabaseSource

_ROLES = """
select case when rolsuper then 'it is a superuser' else 'it is a member of ' || rolname end from pg_roles
where (rolname = current_user and rolsuper) or (
    rolname in ('pg_write_all_data', 'pg_write_server_files', 'pg_read_server_files', 'pg_execute_server_program')
    and pg_has_role(current_user, oid, 'usage')
)
order by rolsuper desc, rolname
"""
_TABLES = """
select count(*), min(space.nspname || '.' || relation.relname)
from pg_class as relation
inner join pg_namespace as space on space.oid = relation.relnamespace
where relation.relkind in ('r', 'v', 'p', 'f') and space.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')
    and has_schema_privilege(space.oid, 'usage') and has_table_privilege(relation.oid, 'insert, update, delete, truncate')
"""
_GRANT = re.compile(r"GRANT (.+?) ON (.+?) TO ", re.IGNORECASE)
_READING = {"SELECT", "USAGE", "SHOW VIEW", "SHOW DATABASES", "PROCESS", "REPLICATION CLIENT", "BINLOG MONITOR", "SLAVE MONITOR"}


def surplus_rights(source: object) -> list[str]:
    """What the login may do beside reading, one sentence each; none for a source without a login.

    MySQL names roles without what they grant, so that rights of roles are not seen there.
    """
    if not isinstance(source, DatabaseSource) or source.dialect not in ("postgres", "mysql"):
        return []
    try:
        return _of_postgresql(source) if source.dialect == "postgres" else _of_mysql(source)
    except Exception as error:
        if source.said(error) is None:
            raise
        return [f"the server does not say what it may do ({source.said(error)})"]


def _of_postgresql(source: DatabaseSource) -> list[str]:
    roles = [str(words) for (words,) in source.fetch(_ROLES)]
    if "it is a superuser" in roles:
        return roles[:1]
    count, first = source.fetch(_TABLES)[0]
    return roles + ([f"it may change {count} table(s), the first {first}"] if count else [])


def _of_mysql(source: DatabaseSource) -> list[str]:
    found = []
    for (line,) in source.fetch("show grants"):
        granted = _GRANT.match(str(line))
        rights = re.sub(r"\(.*?\)", "", granted[1]).split(",") if granted else []
        surplus = sorted({right.strip().upper() for right in rights} - _READING)
        if granted and surplus:
            found.append(f"it has {', '.join(surplus[:5])}{' and more' if len(surplus) > 5 else ''} on {granted[2]}")
    return found
