"""Databases of both kinds that the simulator writes to, and their content in values that can be compared.

Belongs here: making, writing, reading. Does not: what any test expects.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from itertools import count
from typing import Any, Protocol

import pytest

from ingestion.contract import Table, load_contract
from tests.support import mariadb, postgres

TABLES = load_contract().tables
SERVERS = ["postgresql", pytest.param("mysql", marks=pytest.mark.mariadb)]
State = dict[str, dict[tuple[Any, ...], tuple[Any, ...]]]
_numbers = count(1)


class Database(Protocol):
    """What the tests need from a database of either kind."""

    @property
    def url(self) -> str: ...

    def run(self, *statements: str) -> None: ...

    def rows(self, query: str) -> list[tuple[Any, ...]]: ...


def held(database: Database) -> State:
    """Every row of every table by its key, as the lake would hold it: naive instants in UTC."""
    return {name: keyed(table, database.rows(f"select * from {name}")) for name, table in TABLES.items()}


def keyed(table: Table, rows: list[tuple[Any, ...]]) -> dict[tuple[Any, ...], tuple[Any, ...]]:
    places = [table.column_names.index(name) for name in table.key]
    state = {tuple(plain(row[place]) for place in places): tuple(map(plain, row)) for row in rows}
    assert len(state) == len(rows)
    return state


def plain(value: Any) -> Any:
    """The same value whichever driver brought it."""
    if isinstance(value, datetime) and value.tzinfo:
        return value.astimezone(UTC).replace(tzinfo=None)
    return str(value) if isinstance(value, Decimal) else value


def empty_postgresql(server: str) -> Database:
    name = f"simulated_{next(_numbers)}"
    postgres.Database(server).run(f"create database {name}")
    return postgres.Database(server.replace("/postgres?", f"/{name}?"))


def empty_mysql(server: mariadb.MariaDb) -> Database:
    name = f"simulated_{next(_numbers)}"
    mariadb.Database(server, "mysql").run(f"create database {name}")
    return mariadb.Database(server, name)


@pytest.fixture(scope="module", params=SERVERS)
def make(request: pytest.FixtureRequest) -> Callable[[], Database]:
    """Makes an empty database on the server of this round."""
    if request.param == "mysql":
        return partial(empty_mysql, request.getfixturevalue("mariadb_server"))
    return partial(empty_postgresql, request.getfixturevalue("postgres_server"))
