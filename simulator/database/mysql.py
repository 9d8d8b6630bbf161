"""The platform in MySQL or MariaDB (InnoDB), filled by inserts of many rows whose text the engine makes.

Belongs here: this server's types and statements. Does not: what is written (`records`) or in which order (`run`).

Inserts rather than `load data local infile`: servers refuse files unless configured otherwise, and the loss is small (157,000 rows of eight
columns a second against 260,000). Making tables ends a transaction here; so the first rows count only when the marker has its day.
"""

from __future__ import annotations

from collections.abc import Iterator
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs

import duckdb
import pymysql

from glassbook.errors import InputError
from ingestion.contract import Column, Table
from ingestion.sources.address import parts_of, shown
from ingestion.sources.mysql.address import connect_options
from simulator.database import schema
from simulator.database.records import as_json
from simulator.database.server import ANOMALIES_TABLE, MARKER_TABLE, Marker, busy, unreachable

TYPES = {"money": "decimal(18,2)", "rate": "decimal(9,6)", "date": "date", "time": "datetime(6)", "bool": "tinyint(1)"}
NUMBERS = {"smallint": "smallint", "integer": "int", "bigint": "bigint unsigned"}
# Some hundred kilobytes per insert, far below the smallest packet that servers accept by default (4 MB).
BATCH = 1_000
OF_A_TABLE = "engine=InnoDB default charset=utf8mb4 collate=utf8mb4_unicode_ci"
MARKERS = (
    f"create table {MARKER_TABLE} (seed bigint not null, loans bigint not null, first_on date not null, has_anomalies tinyint(1) not null, "
    f"until_on date) {OF_A_TABLE} comment='Made by glassbook simulate: which platform this is, and its last day.'",
    f"create table {ANOMALIES_TABLE} (kind varchar(32) not null, table_name varchar(64) not null, row_key text not null, loan_id bigint, "
    "check_code varchar(32), also text not null, is_held tinyint(1) not null, description text not null) "
    f"{OF_A_TABLE} comment='Made by glassbook simulate: what is wrong on purpose, and rows that were removed.'",
)


class MysqlServer:
    """One session on the database that the address names."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._parts = parts_of(url)
        self._name = shown(url, "mysql", "localhost")
        if not self._parts.path.strip("/"):
            raise InputError(
                found="an address without a database",
                where=f"--out {self._name}",
                expected="mysql://USER:PASSWORD@HOST:PORT/DATABASE",
                remedy="Add the name of the database.",
            )
        self._connection: Any = None

    @property
    def name(self) -> str:
        """Address without user and password."""
        return self._name

    def __enter__(self) -> Self:
        given = {name: values[-1] for name, values in parse_qs(self._parts.query).items()}
        # The same addresses as `ingest` reads; only its driver works without converters.
        options = connect_options(self._parts, given, self._name) | {"conv": None, "autocommit": False}
        try:
            self._connection = pymysql.connect(**options)
        except pymysql.err.MySQLError as error:
            raise self._failed(error) from None
        # A value that does not fit is an error, never cut.
        self._run("set sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION'")
        if self._rows("select get_lock(concat(database(), ':glassbook simulate'), 0)") != [(1,)]:
            self._connection.close()
            raise busy(self.name)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        # What was not committed is gone with the session, and so is its lock.
        if self._connection.open:
            self._connection.close()
        if isinstance(error, pymysql.err.MySQLError):
            raise self._failed(error) from None

    def marker(self) -> Marker | None:
        """What the database holds."""
        if MARKER_TABLE not in self.tables():
            return None
        rows = self._rows(f"select seed, loans, first_on, has_anomalies, until_on from {MARKER_TABLE}")
        return Marker(rows[0][0], rows[0][1], rows[0][2], bool(rows[0][3]), rows[0][4]) if rows else None

    def tables(self) -> list[str]:
        """Tables and views of the database."""
        query = "select table_name from information_schema.tables where table_schema = database() order by table_name"
        return [row[0] for row in self._rows(query)]

    def make_tables(self, marker: Marker) -> None:
        """Writes the unfinished marker first, so that tables of a killed run can be recognised."""
        self._run("set foreign_key_checks = 0, unique_checks = 0")
        for name in [*(table.name for table in schema.tables_in_order()), ANOMALIES_TABLE, MARKER_TABLE]:
            self._run(f"drop table if exists {name}")
        for statement in MARKERS:
            self._run(statement)
        self.note(marker, [], [])
        self.commit()
        for table in schema.tables_in_order():
            self._run(_definition(table))

    def fill(self, table: Table, engine: duckdb.DuckDBPyConnection, query: str) -> int:
        """Inserts the rows in the order of their key."""
        statement = f"insert into {table.name} ({_listed(table.column_names)}) values"
        return sum(self._run(f"{statement} {rows}") for rows in _rows(table, engine, query))

    def make_indexes(self) -> None:
        """One statement per table; references are checked against the rows that are there."""
        self.commit()
        self._run("set foreign_key_checks = 1, unique_checks = 1")
        for table in schema.tables_in_order():
            parts = [f"add index {table.name}_{'_'.join(columns)}_idx ({_listed(columns)})" for columns in schema.indexes_of(table)]
            for column, parent in schema.REFERENCES.get(table.name, {}).items():
                name, key = f"{table.name}_{column}_fkey", _listed((_key_of(parent),))
                parts.append(f"add constraint {name} foreign key (`{column}`) references {parent} ({key})")
            self._run(f"alter table {table.name} {', '.join(parts)}")

    def write(self, table: Table, engine: duckdb.DuckDBPyConnection, query: str) -> tuple[int, int]:
        """Upserts the rows by key; a row that is there unchanged is not touched."""
        before = self._rows(f"select count(*) from {table.name}")[0][0]
        names = table.column_names
        told = ", ".join(f"`{name}` = values(`{name}`)" for name in names if name not in table.key)
        statement = f"insert into {table.name} ({_listed(names)}) values"
        # The server counts 1 for a row inserted, 2 for one changed, 0 for one left as it was.
        touched = sum(self._run(f"{statement} {rows} on duplicate key update {told}") for rows in _rows(table, engine, query))
        inserted = self._rows(f"select count(*) from {table.name}")[0][0] - before
        return inserted, (touched - inserted) // 2

    def remove(self, table: Table, keys: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
        """Deletes rows by key."""
        if not keys:
            return []
        chosen = f"({_listed(table.key)}) in ({', '.join('(' + ', '.join(str(value) for value in key) + ')' for key in keys)})"
        found = self._rows(f"select {_listed(table.key)} from {table.name} where {chosen} order by {_listed(table.key)}")
        self._run(f"delete from {table.name} where {chosen}")
        return found

    def note(self, marker: Marker, anomalies: list[dict[str, Any]], planted_kinds: list[str]) -> None:
        """Writes marker and anomalies."""
        self._run(f"delete from {MARKER_TABLE}")
        told = (marker.seed, marker.loans, marker.start, marker.has_anomalies, marker.until)
        self._run(f"insert into {MARKER_TABLE} values (%s, %s, %s, %s, %s)", told)
        if planted_kinds:
            self._run(f"delete from {ANOMALIES_TABLE} where kind in %s", (planted_kinds,))
        for e in anomalies:
            key, also = as_json(e["key"]), as_json(e["also"])
            values = (e["kind"], e["table"], key, e["loan_id"], e["check_code"], also, e["is_held"], e["description"])
            self._run(f"insert into {ANOMALIES_TABLE} values (%s, %s, %s, %s, %s, %s, %s, %s)", values)

    def commit(self) -> None:
        """Makes it all visible."""
        self._connection.commit()

    def _run(self, statement: str, values: tuple[Any, ...] | None = None) -> int:
        with self._connection.cursor() as cursor:
            return int(cursor.execute(statement, values))

    def _rows(self, query: str) -> list[tuple[Any, ...]]:
        with self._connection.cursor() as cursor:
            cursor.execute(query)
            return list(cursor.fetchall())

    def _failed(self, error: Exception) -> InputError:
        return unreachable(self.name, str(error.args[1]) if len(error.args) > 1 else str(error), self._url)


def _definition(table: Table) -> str:
    parts = [f"`{c.name}` {_type(c)} comment {_quoted(c.description)}" for c in table.columns]
    parts.append(f"primary key ({_listed(table.key)})")
    for name, values in schema.checks_of(table).items():
        parts.append(f"constraint {table.name}_{name}_check check (`{name}` in ({', '.join(map(_quoted, values))}))")
    return f"create table {table.name} ({', '.join(parts)}) {OF_A_TABLE} comment={_quoted(table.description)}"


def _type(column: Column) -> str:
    missing = " null" if column.nullable else " not null"
    if column.type == "text":
        length = schema.length_of(column)
        return ("text" if length is None else f"varchar({length})") + missing
    return (NUMBERS[schema.number_of(column)] if column.type == "id" else TYPES[column.type]) + missing


def _key_of(name: str) -> str:
    return next(table.key[0] for table in schema.tables_in_order() if table.name == name)


def _rows(table: Table, engine: duckdb.DuckDBPyConnection, query: str) -> Iterator[str]:
    """The rows as lists of values, some hundred at a time."""
    values = " || ', ' || ".join(f"coalesce({_literal(column)}, 'null')" for column in table.columns)
    found = engine.execute(f"SELECT '(' || {values} || ')' FROM ({query})")
    while rows := found.fetchmany(BATCH):
        yield ", ".join(row[0] for row in rows)


def _literal(column: Column) -> str:
    if column.type in ("id", "money", "rate"):
        return f"{column.name}::VARCHAR"
    if column.type == "bool":
        return f"{column.name}::INTEGER::VARCHAR"
    text = f"{column.name}::VARCHAR"
    return f"'''' || replace(replace({text}, '\\', '\\\\'), '''', '''''') || ''''"


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "''") + "'"
