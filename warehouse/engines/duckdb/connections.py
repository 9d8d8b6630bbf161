"""Connections of a build: the file that it writes, the working database that it throws away, the snapshot that it starts from."""

from __future__ import annotations

from pathlib import Path

import duckdb

from glassbook.sql_paths import database_attached

WORKING = "working"
"""Name of the working database, thrown away after a build: functions over lake files, staging that is not kept, what must be computed."""
PREVIOUS = "previous"
"""Name of the snapshot that a build starts from, attached read-only."""


def attach(connection: duckdb.DuckDBPyConnection, path: Path, name: str, *, read_only: bool = False) -> None:
    """Attaches the file `path` as `name`, unless a database of that name is there."""
    options = " (read_only)" if read_only else ""
    connection.execute(f"attach if not exists {database_attached(path)} as {name}{options}")
