"""The warehouse engine: every connection to DuckDB is opened here, so that all of them compute alike.

Belongs here: what every connection says to DuckDB, and what a build says beside that. Does not: what a snapshot's file is (`snapshots`).
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

# Steps of DuckDB's optimizer that give wrong results. statistics_propagation: where it proves that a left join finds no partner (a column
# that is null in every row, such as related_party_kind of a platform without related parties), it takes a sum over the join for a sum of
# no rows, and `sum(amount) > 0` for false: figures came out 0. tests/glassbook/test_engine.py shows it, and says when it is gone.
DISABLED_OPTIMIZERS = "statistics_propagation"

_BASE: dict[str, Option] = {
    # What is not in the wheel (Parquet, JSON and time zones are) is neither fetched nor loaded because a query happens to name it.
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "disabled_optimizers": DISABLED_OPTIMIZERS,
}

# The options of a build that can bear on its rows, so that a snapshot is named for them; threads and memory differ by machine and cannot.
ROW_OPTIONS: dict[str, Option] = _BASE | {"preserve_insertion_order": "false", "TimeZone": "UTC"}


def connect(
    path: Path | None = None, *, read_only: bool = False, options: Mapping[str, Option] = MappingProxyType({})
) -> duckdb.DuckDBPyConnection:
    """Opens a database file, or one in memory, with the options that every connection has, and those of this use on top.

    Sessions, cursors and further connections to the same file are in UTC. DuckDB lets connections of one process share an open file only
    when their options are equal. Raises duckdb.Error for a file that cannot be opened.
    """
    import duckdb

    named = ":memory:" if path is None else str(database_path(path))
    connection = duckdb.connect(named, read_only=read_only, config=_BASE | dict(options))
    # No option of opening: the zones are an extension, in the wheel, that opening itself loads. Global, so that cursors have it too.
    connection.execute("set global TimeZone = 'UTC'")
    return connection


def build_options(settings: Settings) -> dict[str, Option]:
    """All options of a build's own database, for `connect` and for dbt's profile alike: they share the open file."""
    return _BASE | {
        "memory_limit": settings.memory_limit,
        "threads": str(settings.threads),
        "preserve_insertion_order": "false",
        # The file is written out once, at the end, and brought to the disk once, when published: a build cut short is begun again.
        "checkpoint_threshold": "1TB",
        "fsync_mode": "none",
    }
