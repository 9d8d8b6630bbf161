"""The work on one table for an entry of the load log that is being written: what its steps share.

Belongs here: the table, the entries before, and short SQL that many steps need. Does not: a step itself (`arrival`, `judging`,
`superseding`, `vanished`, `withdrawing`), nor what only a reading needs (`arrival.Arrival`).
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from glassbook.lake.loads import Load, TableLoad
from glassbook.settings import Settings
from ingestion.contract import Table
from ingestion.contract.horizon import Horizon
from ingestion.loading.lake_files import Written, write_file
from ingestion.loading.lake_rows import rows_sql


@dataclass(frozen=True)
class TableWork:
    """One table of the entry `load_seq`, with the entries that were visible before it (`loads`) and its business day (`horizon`)."""

    settings: Settings
    engine: duckdb.DuckDBPyConnection
    table: Table
    load_seq: int
    loads: list[Load]
    horizon: Horizon

    @property
    def before(self) -> list[TableLoad]:
        """What the entries before say about the table, oldest first."""
        return [part for load in self.loads if (part := load.tables.get(self.table.name))]

    @property
    def lake(self) -> str | None:
        """The table's rows in the lake, as a relation; None where it has none."""
        return rows_sql(self.settings, self.table, self.loads)

    @property
    def key(self) -> str:
        """The columns of the key, as a list of SQL."""
        return ", ".join(f'"{name}"' for name in self.table.key)

    @property
    def columns(self) -> str:
        """All columns of the contract, as a list of SQL."""
        return ", ".join(f'"{name}"' for name in self.table.column_names)

    def on_key(self, left: str, right: str) -> str:
        """A condition on two rows: they have the same key, and no part of it is null."""
        return " and ".join(f'{left}."{name}" = {right}."{name}"' for name in self.table.key)

    def same_key(self, left: str, right: str) -> str:
        """A condition on two rows: they have the same key; parts of it may be null in both."""
        return " and ".join(f'{left}."{name}" is not distinct from {right}."{name}"' for name in self.table.key)

    def count(self, relation: str) -> int:
        """Rows of a relation of the engine."""
        found = self.engine.execute(f"select count(*) from {relation}").fetchone()
        assert found is not None  # a count always returns a row
        number: int = found[0]
        return number

    def write(self, path: str, query: str) -> Written:
        """Writes the rows of `query` as a file at `path` below the lake (see `write_file`)."""
        return write_file(self.settings, self.engine, path, query)
