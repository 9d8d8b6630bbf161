"""One table as a source offers it: the query that gives its rows, and which columns it lacks or has in addition to the contract's.

Belongs here: what every engine's sources share. Does not: how an engine is found (`registry`) and reads (its folder; `database`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from types import TracebackType
from typing import Protocol, Self

import duckdb

from glassbook.errors import InputError
from ingestion.contract import Table
from ingestion.mapping import TableMapping


@dataclass(frozen=True)
class Request:
    """What a load wants of a table: mapped or under the contract's own names (None); rows from a cursor on (UTC, without zone) or all.

    `keys_only`: nothing but key and cursor. `lacked`: columns that earlier loads may have lacked; when the source supplies one of them,
    all rows are wanted. `shape_only`: whether it could be read; no row is asked for, and the query cannot be run.
    `tells_unreadable`: a value that cannot be read raises no error, and is listed in the query's column `_unreadable`; databases only.
    """

    mapping: TableMapping | None = None
    since_at: datetime | None = None
    lacked: frozenset[str] = frozenset()
    keys_only: bool = False
    shape_only: bool = False
    tells_unreadable: bool = False


class UnreadableValue(InputError):
    """A value at the source that the contract's type does not hold; the same table can be read with `tells_unreadable`."""


@dataclass(frozen=True)
class SourceTotals:
    """Rows and money sums as the source itself counts them, in the contract's unit; a column that it cannot add up is left out."""

    rows: int
    sums: dict[str, Decimal]


@dataclass(frozen=True)
class SourceTable:
    """A table of a source.

    `query` gives its rows in the contract's columns and types, once; `why_unreadable` turns the error of running it into one that names
    what is at fault. `columns` are the source's own, with the types it declares. `totals` asks the source to count what the query gives;
    None if only the query can. `is_windowed`: only rows from the cursor on are given. `is_empty`: the source has counted already
    and has none, so that the query cannot be run and need not. `tells_unreadable`: the query has the column `_unreadable`.
    """

    query: str
    missing_columns: list[str]
    unknown_columns: list[str]
    why_unreadable: Callable[[duckdb.Error], Exception]
    columns: dict[str, str] = field(default_factory=dict)
    totals: Callable[[], SourceTotals] | None = None
    is_windowed: bool = False
    is_empty: bool = False
    tells_unreadable: bool = False


def nothing_read() -> SourceTable:
    """A table of which a load asks nothing."""

    def why(error: duckdb.Error) -> Exception:
        return error

    return SourceTable("", [], [], why, is_windowed=True, is_empty=True)


class Source(Protocol):
    """Where a load reads from, open from `__enter__` to `__exit__`; all tables as of one moment where the source can."""

    @property
    def name(self) -> str:
        """What the load log calls it; holds no secret."""

    @property
    def is_complete(self) -> bool:
        """Whether it holds all rows there are, so that a key it no longer has was deleted. A folder may hold the newest rows only."""

    @property
    def ignored(self) -> list[str]:
        """What the source holds besides tables and is not read, each with the rule that excludes it."""

    def open(self, engine: duckdb.DuckDBPyConnection, table: Table, request: Request) -> SourceTable | None:
        """The table's rows, or None when the source does not offer it.

        Raises InputError when a required table is missing or has another shape.
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


def require_once(names: list[str], mapping: TableMapping, where: str) -> None:
    """Raises InputError when the mapping reads a column of which its query gives two; databases differ in which one they use."""
    used = {rule.source for rule in mapping.columns.values() if rule.source is not None}
    twice = next((name for name in names if name in used and names.count(name) > 1), None)
    if twice is not None:
        raise InputError(
            found=f"{names.count(twice)} columns named {twice}",
            where=where,
            expected="one column of each name that the mapping reads",
            remedy="Give one of them another name in the query, with `as`.",
        )
