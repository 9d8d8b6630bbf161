"""The platform in PostgreSQL, filled by binary COPY through ADBC. One run is one transaction, tables and indexes included.

Belongs here: this server's types and statements. Does not: what is written (`records`) or in which order (`run`).
"""

from __future__ import annotations

import re
from types import TracebackType
from typing import Any, Self

import adbc_driver_manager
import adbc_driver_postgresql.dbapi
import duckdb
import pyarrow as pa

from glassbook.errors import InputError
from glassbook.sql_text import quoted, sql_of
from ingestion.contract import Column, Table
from ingestion.sources.address import shown
from simulator.database import schema
from simulator.database.records import as_json
from simulator.database.server import ANOMALIES_TABLE, MARKER_TABLE, Marker, busy, unreachable

TYPES = {"money": "numeric(18,2)", "rate": "numeric(9,6)", "date": "date", "time": "timestamptz", "bool": "boolean"}
DUCKDB_NUMBERS = {"smallint": "SMALLINT", "integer": "INTEGER", "bigint": "BIGINT"}
BATCH = 50_000
LOCK = "hashtext('glassbook simulate')"
MARKER = sql_of("simulator.database", "marker_postgresql").format(marker=MARKER_TABLE, anomalies=ANOMALIES_TABLE)


class PostgresServer:
    """One session; the tables are made in the first schema of its search path."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._name = shown(url, "postgresql", "local")
        self._connection: Any = None

    @property
    def name(self) -> str:
        """Address without user and password."""
        return self._name

    def __enter__(self) -> Self:
        try:
            self._connection = adbc_driver_postgresql.dbapi.connect(self._url)
            locked = self._rows(f"select pg_try_advisory_xact_lock({LOCK})")[0][0]
        except adbc_driver_manager.Error as error:
            raise self._failed(error) from None
        if not locked:
            self._connection.close()
            raise busy(self.name)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        # What was not committed is gone with the session.
        self._connection.close()
        if isinstance(error, adbc_driver_manager.Error):
            raise self._failed(error) from None

    def marker(self) -> Marker | None:
        """What the database holds."""
        if MARKER_TABLE not in self.tables():
            return None
        rows = self._rows(f"select seed, loans, first_on, has_anomalies, until_on from {MARKER_TABLE}")
        return Marker(*rows[0]) if rows else None

    def tables(self) -> list[str]:
        """Tables and views of the first schema of the search path."""
        query = "select table_name::text from information_schema.tables where table_schema = current_schema() order by table_name"
        return [row[0] for row in self._rows(query)]

    def make_tables(self, marker: Marker) -> None:
        """Makes all tables; a killed run leaves none."""
        for statement in (*MARKER.split(";"), *(_definition(table) for table in schema.tables_in_order())):
            self._run(statement)

    def fill(self, table: Table, engine: duckdb.DuckDBPyConnection, query: str) -> int:
        """Copies the rows into the table."""
        with self._connection.cursor() as cursor:
            return int(cursor.adbc_ingest(table.name, _arrow(table, engine, query), mode="append"))

    def make_indexes(self) -> None:
        """Keys first, then references to them; comments and statistics last."""
        for table in schema.tables_in_order():
            self._run(f"alter table {table.name} add primary key ({_listed(table.key)})")
            for columns in schema.indexes_of(table):
                self._run(f"create index on {table.name} ({_listed(columns)})")
        for table in schema.tables_in_order():
            for column, parent in schema.REFERENCES.get(table.name, {}).items():
                self._run(f'alter table {table.name} add foreign key ("{column}") references {parent}')
            self._run(f"comment on table {table.name} is {_quoted(table.description)}")
            for c in table.columns:
                self._run(f'comment on column {table.name}."{c.name}" is {_quoted(c.description)}')
            self._run(f"analyze {table.name}")

    def write(self, table: Table, engine: duckdb.DuckDBPyConnection, query: str) -> tuple[int, int]:
        """Copies the rows into a temporary table, then upserts them by key; a row that is there unchanged is not touched."""
        self._run(f"create temporary table incoming (like {table.name}) on commit drop")
        with self._connection.cursor() as cursor:
            cursor.adbc_ingest("incoming", _arrow(table, engine, query), mode="append", temporary=True)
        names = table.column_names
        told = ", ".join(f'"{name}" = excluded."{name}"' for name in names if name not in table.key)
        old, new = (", ".join(f'{side}."{name}"' for name in names) for side in ("held", "excluded"))
        (counts,) = self._rows(
            f"with merged as (insert into {table.name} as held ({_listed(names)}) select {_listed(names)} from incoming "
            f"on conflict ({_listed(table.key)}) do update set {told} where ({old}) is distinct from ({new}) returning xmax = 0 as is_new) "
            "select count(*) filter (where is_new), count(*) filter (where not is_new) from merged"
        )
        self._run("drop table incoming")
        return counts[0], counts[1]

    def remove(self, table: Table, keys: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
        """Deletes rows by key."""
        if not keys:
            return []
        wanted = ", ".join(f"({', '.join(str(value) for value in key)})" for key in keys)
        query = f"delete from {table.name} where ({_listed(table.key)}) in ({wanted}) returning {_listed(table.key)}"
        return sorted(self._rows(query))

    def note(self, marker: Marker, anomalies: list[dict[str, Any]], planted_kinds: list[str]) -> None:
        """Writes marker and anomalies."""
        self._run(f"delete from {MARKER_TABLE}")
        has, until = str(marker.has_anomalies).lower(), f"'{marker.until}'" if marker.until else "null"
        self._run(f"insert into {MARKER_TABLE} values ({marker.seed}, {marker.loans}, '{marker.start}', {has}, {until})")
        kinds = ", ".join(f"'{kind}'" for kind in planted_kinds)
        self._run(f"delete from {ANOMALIES_TABLE} where kind in ({kinds})")
        for e in anomalies:
            texts = (e["kind"], e["table"], as_json(e["key"]), e["check_code"], as_json(e["also"]), e["description"])
            kind, table, key, code, also, description = map(_quoted, texts)
            values = f"{kind}, {table}, {key}, {e['loan_id'] or 'null'}, {code}, {also}, {str(e['is_held']).lower()}, {description}"
            self._run(f"insert into {ANOMALIES_TABLE} values ({values})")

    def commit(self) -> None:
        """Makes it all visible."""
        self._connection.commit()

    def _run(self, statement: str) -> None:
        with self._connection.cursor() as cursor:
            cursor.execute(statement)

    def _rows(self, query: str) -> list[tuple[Any, ...]]:
        with self._connection.cursor() as cursor:
            cursor.execute(query)
            rows: list[tuple[Any, ...]] = cursor.fetchall()
            return rows

    def _failed(self, error: Exception) -> InputError:
        line = re.sub(r"\s+", " ", re.sub(r"^.*?\[libpq\] ?", "", str(error), flags=re.DOTALL)).strip()
        return unreachable(self.name, line, self._url)


def _definition(table: Table) -> str:
    parts = [f'"{c.name}" {_type(c)}{"" if c.nullable else " not null"}' for c in table.columns]
    parts += [f'check ("{name}" in ({", ".join(map(_quoted, values))}))' for name, values in schema.checks_of(table).items()]
    return f"create table {table.name} ({', '.join(parts)})"


def _type(column: Column) -> str:
    if column.type == "text":
        length = schema.length_of(column)
        return "text" if length is None else f"varchar({length})"
    return schema.number_of(column) if column.type == "id" else TYPES[column.type]


def _arrow(table: Table, engine: duckdb.DuckDBPyConnection, query: str) -> pa.RecordBatchReader:
    """The rows in the types that COPY wants: numbers as wide as the column, instants with their zone."""
    columns = ", ".join(
        f"{c.name}::{DUCKDB_NUMBERS[schema.number_of(c)]} AS {c.name}" if c.type == "id"
        else f"timezone('UTC', {c.name}) AS {c.name}" if c.type == "time"
        else c.name
        for c in table.columns
    )  # fmt: skip
    return engine.sql(f"SELECT {columns} FROM ({query})").to_arrow_reader(BATCH)


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(f'"{name}"' for name in names)


def _quoted(text: str | None) -> str:
    return "null" if text is None else quoted(text)
