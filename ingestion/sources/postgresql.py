"""A PostgreSQL database: all tables of a load in one read-only, repeatable-read transaction, streamed through ADBC.

Belongs here: connecting, finding the tables and their types, and the query that turns them into the contract's types without rounding.
Values that do not fit end the load with table, column and key. A password is left to libpq (URL, PGPASSWORD, ~/.pgpass) and never shown.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import adbc_driver_manager
import adbc_driver_postgresql.dbapi
import duckdb

from glassbook.errors import InputError
from ingestion.contract import Column, Table
from ingestion.sources.table import SourceTable, require_columns

INTEGERS = ("int2", "int4", "int8")
TEXTS = ("text", "varchar", "bpchar", "name", "uuid", "citext")
# Numbers written as text by the driver: what the contract's types hold without rounding. NaN and Infinity match none of them.
PATTERNS = {
    "id": r"-?\d{1,19}(\.0+)?",
    "money": r"-?\d{1,16}(\.\d{1,2}0*)?",
    "rate": r"-?\d{1,3}(\.\d{1,6}0*)?",
}
SCALES = {"id": 0, "money": 2, "rate": 6}
UNREADABLE = "glassbook: "

_COLUMNS = """
select attribute.attname, coalesce(base.typname, type.typname), attribute.atttypmod, type.typtype
from pg_attribute as attribute
inner join pg_type as type on type.oid = attribute.atttypid
left join pg_type as base on base.oid = type.typbasetype
where attribute.attrelid = to_regclass($1) and attribute.attnum > 0 and not attribute.attisdropped
order by attribute.attnum
"""


@dataclass(frozen=True)
class Found:
    """A column as the database declares it; `scale` is that of a numeric, None where it has no bound."""

    type: str
    scale: int | None
    is_enum: bool


class PostgresSource:
    """A database whose tables or views have the contract's names; schemas as the search path has them."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._connection: Any = None
        # A stream ends with its cursor, so that cursors are kept as long as the source is open.
        self._cursors: list[Any] = []
        parts = urlsplit(url)
        host = parts.hostname or (re.search(r"[?&]host=([^&]+)", url) or ["", "local"])[1]
        self._name = f"postgresql://{host}{f':{parts.port}' if parts.port else ''}{parts.path}"

    @property
    def name(self) -> str:
        """Host and database, without user and password."""
        return self._name

    def __enter__(self) -> Self:
        try:
            self._connection = adbc_driver_postgresql.dbapi.connect(self._url, autocommit=True)
            self._rows("begin isolation level repeatable read read only")
        except adbc_driver_manager.Error as error:
            raise self._refused(error) from None
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        # Ending the session ends its transaction, which has written nothing.
        for cursor in self._cursors:
            cursor.close()
        self._connection.close()

    def open(self, engine: duckdb.DuckDBPyConnection, table: Table) -> SourceTable | None:
        """The rows of the table or view of that name, streamed; None when there is none and none must be."""
        where = f"{self.name}, table {table.name}"
        columns = self._columns(table)
        if not columns:
            if not table.required:
                return None
            raise InputError(
                found=f"no table or view {table.name} in the search path",
                where=self.name,
                expected="every table that the contract requires",
                remedy="Make a view of that name, or add its schema: ?options=-csearch_path%3Dmy_schema.",
            )
        missing, unknown = require_columns(table, list(columns), where, "the table")
        taken = [column for column in table.columns if column.name in columns]
        for column in taken:
            _require_type(column, columns[column.name], where)
        reader = f"source_{table.name}"
        try:
            cursor = self._connection.cursor()
            self._cursors.append(cursor)
            cursor.execute(f'select {", ".join(_sent(c) for c in taken)} from "{table.name}"')
            # A result of which not every row was fetched would still hold the engine.
            engine.complete()
            engine.register(reader, cursor.fetch_record_batch())
        except adbc_driver_manager.Error as error:
            raise self._unreadable(table, str(error)) from None
        key = " || ', ' || ".join(f"'{name} ' || coalesce(\"{name}\"::varchar, 'null')" for name in table.key)
        selected = ", ".join(_received(column, columns.get(column.name), key) for column in table.columns)
        return SourceTable(
            f"select {selected} from {reader}", sorted(missing), sorted(unknown), lambda error: self._unreadable(table, str(error))
        )

    def _columns(self, table: Table) -> dict[str, Found]:
        rows = self._rows(_COLUMNS.replace("$1", f"'\"{table.name}\"'"))
        return {
            name: Found(kind, (modifier - 4) & 0xFFFF if kind == "numeric" and modifier >= 0 else None, typtype == "e")
            for name, kind, modifier, typtype in rows
        }

    def _rows(self, query: str) -> list[tuple[Any, ...]]:
        with self._connection.cursor() as cursor:
            cursor.execute(query)
            return cursor.fetchall() if cursor.description else []

    def _refused(self, error: Exception) -> InputError:
        return InputError(
            found=f"a connection that failed: {self._said(str(error))}",
            where=self.name,
            expected="a PostgreSQL server that lets this user read",
            remedy="Check address, user, password (URL, PGPASSWORD or ~/.pgpass) and whether the server is up.",
        )

    def _unreadable(self, table: Table, message: str) -> InputError:
        if UNREADABLE in message:
            found, _, where = message.split(UNREADABLE, 1)[1].splitlines()[0].partition(" at ")
            return InputError(
                found=found,
                where=f"{self.name}, table {table.name}, {where}",
                expected="a value that the contract's type holds without rounding",
                remedy="Correct the value at the source, or hide the row with a view.",
            )
        return InputError(
            found=f"rows that cannot be read: {self._said(message)}",
            where=f"{self.name}, table {table.name}",
            expected="a table that this user may read, and a server that stays up",
            remedy="Grant select on it, or start the load again once the server is back: nothing of this one became visible.",
        )

    def _said(self, message: str) -> str:
        """The server's own words in one line, without the password should it ever stand in them."""
        password = urlsplit(self._url).password
        line = re.sub(r"\s+", " ", re.sub(r"^.*?\[libpq\] ?", "", message, flags=re.DOTALL)).strip()
        return line.replace(password, "***") if password else line


def _require_type(column: Column, found: Found, where: str) -> None:
    fits = {
        "id": found.type in (*INTEGERS, "numeric"),
        "text": found.type in TEXTS or found.is_enum,
        "money": found.type in (*INTEGERS, "numeric"),
        "rate": found.type in (*INTEGERS, "numeric"),
        "date": found.type == "date",
        "time": found.type in ("timestamp", "timestamptz"),
        "bool": found.type == "bool",
    }[column.type]
    if not fits:
        never = " (never floating point)" if column.type in ("money", "rate") else ""
        raise InputError(
            found=f"column {column.name} of type {found.type}",
            where=where,
            expected=f"{column.type}, that is {column.duckdb_type}{never}",
            remedy="Change the column's type, or offer the table as a view with a cast.",
        )


def _sent(column: Column) -> str:
    """The column as the server sends it: enumerations and other texts as text, the rest in its own type."""
    return f'"{column.name}"::text as "{column.name}"' if column.type == "text" else f'"{column.name}"'


def _received(column: Column, found: Found | None, key: str) -> str:
    """The column in the contract's type; a value that it does not hold raises an error that names it, its column and its key."""
    name = f'"{column.name}"'
    if found is None:
        return f"cast(null as {column.duckdb_type}) as {name}"
    if column.type == "time" and found.type == "timestamptz":
        return f"timezone('UTC', {name}) as {name}"
    if column.type not in PATTERNS or found.type in INTEGERS[:2]:
        return f"cast({name} as {column.duckdb_type}) as {name}"
    text = f"{name}::varchar"
    failed = f"error('{UNREADABLE}' || {text} || ' in column {column.name} at ' || {key})"
    held = f"regexp_full_match({text}, '{PATTERNS[column.type]}') and try_cast({text} as {column.duckdb_type}) is not null"
    if found.type == "numeric" and found.scale is not None and found.scale <= SCALES[column.type]:
        # A scale that fits can only be too long or not a number at all: one cast finds both.
        held = f"try_cast({text} as {column.duckdb_type}) is not null"
    return f"case when {name} is null then null when {held} then cast({text} as {column.duckdb_type}) else {failed} end as {name}"
