"""The interface of a database server for the simulator, and the marker that says what a database holds.

Belongs here: the interface and the marker. Does not: any server's SQL.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from types import TracebackType
from typing import Any, Protocol, Self

import duckdb

from glassbook.errors import InputError
from ingestion.contract import Table
from ingestion.sources.address import without_password

MARKER_TABLE = "simulation"
ANOMALIES_TABLE = "simulation_anomalies"


@dataclass(frozen=True)
class Marker:
    """Which simulation a database holds, and until which day; None while the first rows are being written."""

    seed: int
    loans: int
    start: date
    has_anomalies: bool
    until: date | None


class Server(Protocol):
    """A connection that writes. Everything up to `commit` is one transaction, where the server knows transactions for it."""

    @property
    def name(self) -> str:
        """Address without user and password."""

    def __enter__(self) -> Self: ...

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None: ...

    def marker(self) -> Marker | None:
        """What the database holds; None when nothing was simulated into it."""

    def tables(self) -> list[str]:
        """Names of the tables and views that are there, in their order."""

    def make_tables(self, marker: Marker) -> None:
        """Makes all tables, without indexes, in place of those that a killed run left."""

    def fill(self, table: Table, engine: duckdb.DuckDBPyConnection, query: str) -> int:
        """Writes the rows of a query of the engine into an empty table; returns how many."""

    def make_indexes(self) -> None:
        """Makes keys, references and indexes of all tables."""

    def write(self, table: Table, engine: duckdb.DuckDBPyConnection, query: str) -> tuple[int, int]:
        """Upserts the rows of a query by key; returns how many were inserted and how many were changed."""

    def remove(self, table: Table, keys: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
        """Deletes rows by key; returns the keys of those that were there."""

    def note(self, marker: Marker, anomalies: list[dict[str, Any]], planted_kinds: list[str]) -> None:
        """Writes the marker, and the anomalies in place of those of these kinds."""

    def commit(self) -> None:
        """Makes it all visible."""


def unreachable(name: str, said: str, url: str) -> InputError:
    """The error for a server that refuses the login or ends while we write; the password of the address is removed from its message."""
    return InputError(
        found=f"a connection that failed: {without_password(said, url)}",
        where=name,
        expected="a database server that lets this user make and write tables",
        remedy="Check address, user and password, and whether the server is up; a run that broke off can be started again.",
    )


def busy(name: str) -> InputError:
    """The error for a database into which another process simulates."""
    return InputError(
        found="another simulation that is being written",
        where=name,
        expected="one at a time",
        remedy="Wait until it has ended.",
    )
