"""One table as a source offers it: the query that gives its rows, and what its columns lack of the contract's or have beyond them.

Belongs here: what every kind of source shares. Does not: how a kind is found and read (`folder`, `postgresql`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Protocol, Self

import duckdb

from glassbook.errors import InputError
from ingestion.contract import Table


@dataclass(frozen=True)
class SourceTable:
    """A table of a source.

    `query` gives its rows in the contract's columns and types, once; `why_unreadable` turns the error that running it ended with into one
    that names what is at fault.
    """

    query: str
    missing_columns: list[str]
    unknown_columns: list[str]
    why_unreadable: Callable[[duckdb.Error], InputError]


class Source(Protocol):
    """Where a load reads from, open from `__enter__` to `__exit__`; all tables as of one moment where the source can."""

    @property
    def name(self) -> str:
        """What the load log calls it; holds no secret."""

    def open(self, engine: duckdb.DuckDBPyConnection, table: Table) -> SourceTable | None:
        """The table's rows, or None when the source does not offer it.

        Raises InputError when it must, or when it has another shape.
        """

    def __enter__(self) -> Self: ...

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None: ...


def require_columns(table: Table, present: list[str], where: str, holder: str) -> tuple[list[str], list[str]]:
    """Missing nullable columns and unknown columns of what `holder` (the header, the table) has.

    Raises InputError for a missing column that must be there.
    """
    missing = [column.name for column in table.columns if column.name not in present]
    refused = [column.name for column in table.columns if column.name in missing and not column.nullable]
    if refused:
        raise InputError(
            found=f"no column {', '.join(refused)} ({holder} has: {', '.join(present)})",
            where=f"{where} (table {table.name})",
            expected=f"the columns {', '.join(table.column_names)}",
            remedy=f"Add the missing columns, or correct {holder}.",
        )
    return missing, [name for name in present if name not in table.column_names]
