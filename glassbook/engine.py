"""The warehouse engine: every connection to DuckDB is opened here, so that all of them compute the same.

Belongs here: the options of every connection, and the further options of a build. Does not: what a snapshot's file is (`snapshots`).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from glassbook.settings import Settings
from glassbook.sql_paths import database_path

if TYPE_CHECKING:
    import duckdb

Option = str | bool | int | float | list[str]

# Steps of DuckDB's optimizer that give wrong results. statistics_propagation: where it proves that a left join finds no match (a column
# that is null in every row, such as related_party_kind of a platform without related parties), it treats a sum over the join as a sum of
# no rows, and `sum(amount) > 0` as false: figures became 0. tests/glassbook/test_engine.py shows it, and reports when it is fixed.
DISABLED_OPTIMIZERS = "statistics_propagation"

_BASE: dict[str, Option] = {
    # Extensions outside the wheel (Parquet, JSON and time zones are in it) are never fetched or loaded because a query names them.
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "disabled_optimizers": DISABLED_OPTIMIZERS,
}

# The options of a build that can affect its rows, so they are part of a snapshot's name; threads and memory cannot affect them.
ROW_OPTIONS: dict[str, Option] = _BASE | {"preserve_insertion_order": "false", "TimeZone": "UTC"}


def connect(
    path: Path | None = None, *, read_only: bool = False, options: Mapping[str, Option] = MappingProxyType({})
) -> duckdb.DuckDBPyConnection:
    """Opens a database file, or one in memory, with the options of every connection and the given further ones.

    Sessions, cursors and further connections to the same file are in UTC. DuckDB lets connections of one process share an open file only
    when their options are equal. Raises duckdb.Error for a file that cannot be opened.
    """
    import duckdb

    named = ":memory:" if path is None else str(database_path(path))
    connection = duckdb.connect(named, read_only=read_only, config=_BASE | dict(options))
    # Not possible as an option of opening: the time zones are an extension (in the wheel) that opening loads. Global, for cursors too.
    connection.execute("set global TimeZone = 'UTC'")
    return connection


def build_options(settings: Settings) -> dict[str, Option]:
    """All options of a build's own database, for `connect` and for dbt's profile alike: they share the open file."""
    return _BASE | {
        "memory_limit": settings.memory_limit,
        "threads": str(settings.threads),
        "preserve_insertion_order": "false",
        # The file is written out once, at the end, and synced once, when published: a build that was cut short starts again.
        "checkpoint_threshold": "1TB",
        "fsync_mode": "none",
    }
