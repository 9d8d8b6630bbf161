"""Small tables that Python computes and the statements join: columns with their types, passed as lists."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import duckdb


class Frame:
    """A table in memory; `types` names its columns and their DuckDB types in order."""

    def __init__(self, types: Mapping[str, str], rows: Iterable[Mapping[str, Any]]) -> None:
        self.types = dict(types)
        kept = list(rows)
        self.columns: dict[str, list[Any]] = {name: [row[name] for row in kept] for name in self.types}

    def create(self, database: duckdb.DuckDBPyConnection, table: str) -> None:
        """Makes the frame a temporary table of that name, rows in their order."""
        columns = ", ".join(f"unnest(${name}::{kind}[]) AS {name}" for name, kind in self.types.items())
        database.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS SELECT {columns}", self.columns)
