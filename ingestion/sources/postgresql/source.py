"""A PostgreSQL database: all tables of a load in one read-only, repeatable-read transaction, streamed through ADBC.

Belongs here: connecting, PostgreSQL's catalogue and types. Does not: the SELECT of a table (`database`). A password is left to libpq (URL,
PGPASSWORD, ~/.pgpass) and never shown.
"""

from __future__ import annotations

import re
from datetime import datetime
from functools import cached_property
from types import TracebackType
from typing import Any, Self

import adbc_driver_manager
import adbc_driver_postgresql.dbapi
import duckdb
from adbc_driver_postgresql import StatementOptions

from glassbook.errors import InputError
from glassbook.sql_text import quoted, sql_of
from ingestion.mapping.conversion import Kind
from ingestion.sources.address import shown, without_password
from ingestion.sources.database import DatabaseSource
from ingestion.sources.declared import Relation, SourceColumn
from ingestion.sources.postgresql import ENGINE

_KINDS: dict[str, Kind] = {
    **dict.fromkeys(("int2", "int4", "int8"), "integer"),
    "numeric": "numeral",
    **dict.fromkeys(("float4", "float8"), "float"),
    **dict.fromkeys(("text", "varchar", "bpchar", "name", "uuid", "citext", "json", "jsonb"), "text"),
    "date": "date",
    "timestamp": "timestamp",
    "timestamptz": "timestamptz",
    "bool": "bool",
}  # type: ignore[dict-item]

_BATCH_BYTES = 4 * 2**20
"""The size of a batch, a quarter of the driver's: several are in flight, so a load needs a third less memory in the same time."""

# Once a query has run, no query can undo `read only`, and none that is sent ends the transaction. `local`, since a pool may pass the
# connection on. The first setting makes texts end where `given_sql` saw them end; the second makes the server refuse a table of which a
# policy would hide rows, counts and sums of the source too, without a word.
_SESSION = (
    "begin isolation level repeatable read read only",
    "set local standard_conforming_strings = on",
    "set local row_security = off",
)


class PostgresSource(DatabaseSource):
    """A database whose tables or views have the contract's names or are mapped; schemas as the search path has them."""

    kind_of_database = "PostgreSQL"
    dialect = ENGINE.dialect
    how_to_name_schema = ": ?options=-csearch_path%3Dmy_schema"

    def __init__(self, url: str) -> None:
        self._url = url
        self._connection: Any = None
        # A stream ends with its cursor, so that cursors are kept as long as the source is open.
        self._cursors: list[Any] = []
        self._name = shown(url, "postgresql", "local")

    @property
    def name(self) -> str:
        """Host and database, without user and password."""
        return self._name

    def __enter__(self) -> Self:
        try:
            self._connection = adbc_driver_postgresql.dbapi.connect(self._url, autocommit=True)
            for statement in _SESSION:
                self.fetch(statement)
        except adbc_driver_manager.Error as error:
            raise self.refused(error) from None
        self._have_zone()
        return self

    def _have_zone(self) -> None:
        """Otherwise the session would have the zone of the server, of the role or of this machine. Instants arrive in UTC all the same."""
        try:
            self.fetch(f"set local timezone = {quoted(self.timezone)}")
        except adbc_driver_manager.Error as error:
            said = self.said(error)
            self._connection.close()
            raise InputError(
                found=f"the time zone {self.timezone}, which the server does not take: {said}",
                where=f"{self.name}, timezone of the mapping",
                expected="a zone that the server knows (select name from pg_timezone_names)",
                remedy="Write the zone's older name, such as Europe/Kiev for Europe/Kyiv, or renew the zones of the server.",
            ) from None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        # Ending the session ends its transaction, which has written nothing.
        for cursor in self._cursors:
            cursor.close()
        self._connection.close()

    @cached_property
    def _catalogue(self) -> dict[tuple[str, str], tuple[bool, list[SourceColumn]]]:
        found: dict[tuple[str, str], tuple[bool, list[SourceColumn]]] = {}
        for schema, relation, is_visible, name, kind, is_enum, declared in self.fetch(sql_of(__package__, "columns")):
            columns = found.setdefault((schema, relation), (is_visible, []))[1]
            columns.append(SourceColumn(name, kind, "text" if is_enum else _KINDS.get(kind, "other"), declared))
        return found

    @cached_property
    def _enumerations(self) -> set[str]:
        return {name for (name,) in self.fetch("select typname from pg_type where typtype = 'e'")}

    def relations(self) -> list[Relation]:
        """Every table and view outside the system's schemas; those of the search path without their schema."""
        keys: dict[tuple[str, str], list[str]] = {}
        foreign: dict[tuple[str, str], list[tuple[str, str, str]]] = {}
        for schema, relation, kind, column, target, other in self.fetch(sql_of(__package__, "keys")):
            if kind == "p":
                keys.setdefault((schema, relation), []).append(column)
            else:
                foreign.setdefault((schema, relation), []).append((column, target, other))
        return [
            Relation(
                relation if is_visible else f"{schema}.{relation}",
                tuple(columns),
                tuple(keys.get((schema, relation), [])),
                tuple(foreign.get((schema, relation), [])),
            )
            for (schema, relation), (is_visible, columns) in self._catalogue.items()
        ]

    def columns_of(self, relation: str) -> list[SourceColumn] | None:
        """Columns of `table` of the search path or `schema.table`."""
        schema, _, name = relation.rpartition(".")
        for (found_schema, found_name), (is_visible, columns) in self._catalogue.items():
            if found_name == name and (found_schema == schema or (not schema and is_visible)):
                return columns
        return None

    def describe(self, query: str) -> list[SourceColumn]:
        """Columns of a query's result, as the driver would send them."""
        with self._connection.cursor() as cursor:
            schema = cursor.adbc_execute_schema(query)
        columns = []
        for field in schema:
            kind = (field.metadata or {}).get(b"POSTGRESQL:type", b"").decode()
            # The driver knows a type created after it connected only by its number.
            own = kind in self._enumerations or kind.startswith("unnamed<")
            columns.append(SourceColumn(field.name, "text" if own else kind, "text" if own else _KINDS.get(kind, "other")))
        return columns

    def stream(self, engine: duckdb.DuckDBPyConnection, name: str, query: str) -> None:
        """Rows as the server sends them; the cursor stays open as long as the source."""
        cursor = self._connection.cursor()
        self._cursors.append(cursor)
        cursor.adbc_statement.set_options(**{StatementOptions.BATCH_SIZE_HINT_BYTES.value: str(_BATCH_BYTES)})
        cursor.execute(query)
        # A result that is not fetched completely would still block the engine.
        engine.complete()
        engine.register(name, cursor.fetch_record_batch())

    def give_up(self, engine: duckdb.DuckDBPyConnection, name: str) -> None:
        """Ends its cursor as well."""
        super().give_up(engine, name)
        self._cursors.pop().close()

    def fetch(self, query: str) -> list[tuple[Any, ...]]:
        """A small result; numbers without bounds come as text."""
        with self._connection.cursor() as cursor:
            cursor.execute(query)
            return cursor.fetchall() if cursor.description else []

    def rights_beside_reading(self) -> list[str]:
        """For a superuser only that; otherwise the roles that may do more than read, and how many tables the login may change."""
        roles = [str(words) for (words,) in self.fetch(sql_of(__package__, "roles"))]
        if "it is a superuser" in roles:
            return roles[:1]
        count, first = self.fetch(sql_of(__package__, "changeable_tables"))[0]
        return roles + ([f"it may change {count} table(s), the first {first}"] if count else [])

    def sent(self, column: SourceColumn) -> str:
        """Texts, enumerations and numerals as text, the rest in its own type.

        The server writes a numeric as text in a quarter of the time that the driver takes to do the same to its binary form.
        """
        name = self.quote(column.name)
        return f"{name}::text" if column.kind in ("text", "numeral") else name

    def instant(self, moment: datetime, kind: Kind) -> str | None:
        """A timestamp literal."""
        return f"timestamptz '{moment.isoformat()}+00'" if kind == "timestamptz" else f"timestamp '{moment.isoformat()}'"

    def what_helps(self, said: str) -> tuple[str, str]:
        """Also for a policy that would hide rows."""
        if "row-level security" in said:
            return (
                "every row of the table; a policy hides some from this user, and what is hidden would be missing from every figure",
                "Let the user read all rows (alter role … bypassrls, or no policy), or map a view of what Glassbook may have.",
            )
        return super().what_helps(said)

    def before_all(self, expression: str) -> str | None:
        """What is minus infinity."""
        return f"{expression} = '-infinity'"

    def said(self, error: Exception) -> str | None:
        """The server's words after libpq's mark; None for an error that is neither the driver's nor the engine's report of one."""
        if not isinstance(error, adbc_driver_manager.Error | duckdb.Error):
            return None
        line = re.sub(r"\s+", " ", re.sub(r"^.*?\[libpq\] ?", "", str(error), flags=re.DOTALL)).strip()
        return without_password(line, self._url)
