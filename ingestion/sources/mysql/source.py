"""A MySQL or MariaDB database: all tables of a load in one read-only, repeatable-read transaction, streamed as the server writes them.

Belongs here: the session, MySQL's catalogue and types. Does not: the address (`address`), the SELECT of a table (`database`). Values
travel as the server's own text, so that nothing is rounded on the way; the engine turns them into numbers and instants.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import cached_property
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs

import duckdb
import pyarrow as pa
import pymysql
from pymysql.constants import FIELD_TYPE, FLAG
from pymysql.converters import encoders
from pymysql.err import MySQLError

from glassbook.errors import InputError
from glassbook.sql_text import sql_of
from ingestion.mapping import TableMapping
from ingestion.mapping.conversion import Kind
from ingestion.sources.address import parts_of, shown, without_password
from ingestion.sources.database import DatabaseSource
from ingestion.sources.declared import Relation, SourceColumn
from ingestion.sources.mysql import ENGINE
from ingestion.sources.mysql.address import connect_options
from ingestion.sources.mysql.offsets import IN_UTC, steady_offset, zone_of
from ingestion.sources.mysql.rows import row_batches
from ingestion.sources.receiving import Taken

_KINDS: dict[int, tuple[str, Kind]] = {
    FIELD_TYPE.TINY: ("tinyint", "integer"),
    FIELD_TYPE.SHORT: ("smallint", "integer"),
    FIELD_TYPE.INT24: ("mediumint", "integer"),
    FIELD_TYPE.LONG: ("int", "integer"),
    FIELD_TYPE.LONGLONG: ("bigint", "integer"),
    FIELD_TYPE.YEAR: ("year", "integer"),
    FIELD_TYPE.BIT: ("bit", "integer"),
    FIELD_TYPE.DECIMAL: ("decimal", "numeral"),
    FIELD_TYPE.NEWDECIMAL: ("decimal", "numeral"),
    FIELD_TYPE.FLOAT: ("float", "float"),
    FIELD_TYPE.DOUBLE: ("double", "float"),
    FIELD_TYPE.VARCHAR: ("varchar", "text"),
    FIELD_TYPE.VAR_STRING: ("varchar", "text"),
    FIELD_TYPE.STRING: ("char", "text"),
    FIELD_TYPE.TINY_BLOB: ("text", "text"),
    FIELD_TYPE.BLOB: ("text", "text"),
    FIELD_TYPE.MEDIUM_BLOB: ("text", "text"),
    FIELD_TYPE.LONG_BLOB: ("text", "text"),
    FIELD_TYPE.ENUM: ("enum", "text"),
    FIELD_TYPE.JSON: ("json", "text"),
    FIELD_TYPE.DATE: ("date", "date"),
    FIELD_TYPE.NEWDATE: ("date", "date"),
    FIELD_TYPE.DATETIME: ("datetime", "timestamp"),
    FIELD_TYPE.TIMESTAMP: ("timestamp", "timestamptz"),
}
_OWN_NAMES: dict[str, Kind] = {name: kind for name, kind in _KINDS.values()} | dict.fromkeys(  # type: ignore[assignment]
    ("tinytext", "mediumtext", "longtext", "set", "uuid", "inet4", "inet6"), "text"
)
_BYTES = 63
"""Character set of what is no text (MySQL's `binary`)."""
_GRANT = re.compile(r"GRANT (.+?) ON (.+?) TO ", re.IGNORECASE)
_READING = {"SELECT", "USAGE", "SHOW VIEW", "SHOW DATABASES", "PROCESS", "REPLICATION CLIENT", "BINLOG MONITOR", "SLAVE MONITOR"}
# Otherwise the server would disconnect a reader that is writing to disk.
_SESSION = (
    "set session net_write_timeout = 3600, session wait_timeout = 28800",
    "set session transaction isolation level repeatable read, read only",
    "start transaction with consistent snapshot, read only",
)


class MySqlSource(DatabaseSource):
    """A database whose tables or views have the contract's names or are mapped; `database.table` names one of another database."""

    kind_of_database = "MySQL or MariaDB"
    dialect = ENGINE.dialect
    how_to_name_schema = " as database.table"

    def __init__(self, url: str) -> None:
        self._url = url
        self._parts = parts_of(url)
        self._options = {name: values[-1] for name, values in parse_qs(self._parts.query).items()}
        self._connection: Any = None
        # The rows of the last table that the server has still to send.
        self._coming: Iterator[pa.RecordBatch] = iter(())
        self._name = shown(url, "mysql", "localhost")
        if not self._parts.path.strip("/"):
            raise InputError(
                found="an address without a database",
                where=self._name,
                expected="mysql://USER@HOST:PORT/DATABASE",
                remedy="Add the name of the database.",
            )

    @property
    def name(self) -> str:
        """Host and database, without user and password."""
        return self._name

    @cached_property
    def _offset(self) -> str:
        return steady_offset(self.timezone) or IN_UTC

    def __enter__(self) -> Self:
        # No decoder: what the server wrote is what the engine reads.
        options = connect_options(self._parts, self._options, self._name) | {"conv": encoders}
        try:
            self._connection = pymysql.connect(**options)
            for statement in (f"set session time_zone = '{self._offset}'", *_SESSION):
                self.fetch(statement)
        except (MySQLError, OSError) as error:
            self._end()
            raise self.refused(error) from None
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._end()

    def _end(self) -> None:
        # Ends the transaction, which has written nothing, and a result that was not read to its end. Until then, changes of a table's
        # definition wait at the server.
        if self._connection is not None and self._connection.open:
            self._connection.close()

    def _ready(self) -> Any:
        """The connection; what is left of a table is read to its end first, since a server cannot be asked to stop."""
        for _ in self._coming:
            pass
        return self._connection

    @cached_property
    def _catalogue(self) -> dict[tuple[str, str], list[SourceColumn]]:
        found: dict[tuple[str, str], list[SourceColumn]] = {}
        for schema, relation, name, kind, declared in self.fetch(sql_of(__package__, "columns")):
            columns = found.setdefault((schema, relation), [])
            columns.append(SourceColumn(name, kind, _OWN_NAMES.get(kind, "other"), declared))
        return found

    @cached_property
    def _database(self) -> str:
        return str(self.fetch("select database()")[0][0])

    def relations(self) -> list[Relation]:
        """Every table and view of the address's database."""
        keys: dict[str, list[str]] = {}
        foreign: dict[str, list[tuple[str, str, str]]] = {}
        for _, relation, _, column, target, other in self.fetch(sql_of(__package__, "keys")):
            if target is None:
                keys.setdefault(relation, []).append(column)
            else:
                foreign.setdefault(relation, []).append((column, target, other))
        return [
            Relation(relation, tuple(columns), tuple(keys.get(relation, [])), tuple(foreign.get(relation, [])))
            for (schema, relation), columns in self._catalogue.items()
            if schema == self._database
        ]

    def columns_of(self, relation: str) -> list[SourceColumn] | None:
        """Columns of `table` or `database.table`."""
        schema, _, name = relation.rpartition(".")
        return self._catalogue.get((schema or self._database, name))

    def describe(self, query: str) -> list[SourceColumn]:
        """Columns of a query's result; the server plans it and reads no row."""
        with self._ready().cursor() as cursor:
            cursor.execute(f"select * from ({query}\n) as described limit 0")
            return [_column(field) for field in cursor._result.fields]

    def stream(self, engine: duckdb.DuckDBPyConnection, name: str, query: str) -> None:
        """Rows as the server sends them; the engine works on one batch while its other thread takes the next."""
        connection = self._ready()
        connection.query(query, unbuffered=True)
        result, connection._result = connection._result, None
        # The driver would make an object per value; from here on it reads nothing of this result.
        result.unbuffered_active = False
        schema = pa.schema([pa.field(field.name, pa.string_view()) for field in result.fields])
        is_ascii = [_KINDS.get(field.type_code, ("", "text"))[1] != "text" for field in result.fields]
        self._coming = row_batches(connection._rfile, schema, connection._next_seq_id, is_ascii=is_ascii)
        engine.complete()
        engine.register(name, pa.RecordBatchReader.from_batches(schema, self._coming))

    def fetch(self, query: str) -> list[tuple[Any, ...]]:
        """A small result; every value as text."""
        with self._ready().cursor() as cursor:
            cursor.execute(query)
            return list(cursor.fetchall()) if cursor.description else []

    def rights_beside_reading(self) -> list[str]:
        """From the grants of the login itself. MySQL names roles without their grants, so rights of roles are not seen."""
        found = []
        for (line,) in self.fetch("show grants"):
            granted = _GRANT.match(str(line))
            rights = re.sub(r"\(.*?\)", "", granted[1]).split(",") if granted else []
            surplus = sorted({right.strip().upper() for right in rights} - _READING)
            if granted and surplus:
                found.append(f"it has {', '.join(surplus[:5])}{' and more' if len(surplus) > 5 else ''} on {granted[2]}")
        return found

    def quote(self, identifier: str) -> str:
        """In backticks."""
        return "`" + identifier.replace("`", "``") + "`"

    def sent(self, column: SourceColumn) -> str:
        """As it is; bits as a number, and instants in UTC."""
        name = self.quote(column.name)
        if column.kind == "timestamptz" and self._offset != IN_UTC:
            # The first is null for 0000-00-00, which must be seen.
            return f"coalesce(convert_tz({name}, '{self._offset}', '{IN_UTC}'), {name})"
        return f"{name} + 0" if column.type == "bit" else name

    def is_sent_as_text(self, column: SourceColumn) -> bool:
        """Everything is."""
        return True

    def instant(self, moment: datetime, kind: Kind) -> str | None:
        """A timestamp literal, in the session's zone for a column with one."""
        if kind == "timestamptz":
            moment = moment.replace(tzinfo=UTC).astimezone(zone_of(self._offset)).replace(tzinfo=None)
        return f"timestamp '{moment.isoformat(sep=' ')}'"

    def require_same_instants(self, mapping: TableMapping, taken: Sequence[Taken], kinds: Mapping[str, SourceColumn], where: str) -> None:
        """Refuses a `timestamp` as local time of another zone than the session's."""
        if mapping.query is None and all(one.rule.sql is None for one in taken):
            return
        from ingestion.sources.mysql.zones import Session, require_same_instants  # imports a parser

        instants: dict[str, set[str]] = {}
        for (_, relation), columns in self._catalogue.items():
            instants.setdefault(relation.lower(), set()).update(c.name.lower() for c in columns if c.kind == "timestamptz")
        is_local = {name for name, column in kinds.items() if column.kind != "timestamptz"}
        require_same_instants(Session(self._offset, instants), mapping, taken, is_local, where)

    def answer(self, expression: str) -> Any:
        """An instant in UTC, with its offset."""
        asked = f"select ({expression}\n) as said"
        [column] = self.describe(asked)
        value = self.fetch(f"select {self.sent(column)} from ({asked}) as asked")[0][0]
        return f"{value}{IN_UTC}" if value is not None and column.kind == "timestamptz" else value

    def before_all(self, expression: str) -> str | None:
        """The day 0000-00-00. The server knows it as 0 under every sql_mode, and finds it by an index; its text is refused by most."""
        return f"{expression} = 0"

    def said(self, error: Exception) -> str | None:
        """The server's words; None for an error that is neither the driver's nor the engine's report of one."""
        if not isinstance(error, MySQLError | OSError | duckdb.Error):
            return None
        parts = [str(part) for part in error.args]
        return without_password(re.sub(r"\s+", " ", " ".join(parts[1:] or parts)).strip(), self._url)


def _column(field: Any) -> SourceColumn:
    name, kind = _KINDS.get(field.type_code, ("other", "other"))
    # MySQL calls JSON binary too, though it sends it in the character set of the session.
    if kind == "text" and field.charsetnr == _BYTES and field.type_code != FIELD_TYPE.JSON:
        return SourceColumn(field.name, "binary", "other")
    if field.type_code == FIELD_TYPE.LONGLONG and field.flags & FLAG.UNSIGNED:
        name = "bigint unsigned"
    return SourceColumn(field.name, name, kind)
