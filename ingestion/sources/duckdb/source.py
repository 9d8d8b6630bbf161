"""A DuckDB database file as a source, opened read-only.

Belongs here: opening the file. Does not: DuckDB's catalogue and types (`duckdb_tables`), the SELECT of a table (`database`).
"""

from __future__ import annotations

import duckdb

from glassbook.engine import connect
from ingestion.sources.duckdb import ENGINE
from ingestion.sources.duckdb_tables import DuckDbTables, close_to_the_outside


class DuckDbSource(DuckDbTables):
    """A DuckDB database file; `schema.table` names one outside the schema `main`."""

    kind_of_database = "DuckDB"
    dialect = ENGINE.dialect
    how_to_name_schema = " as schema.table"

    def _connect(self) -> duckdb.DuckDBPyConnection:
        connection = connect(self._path, read_only=True)
        close_to_the_outside(connection, self.timezone)
        return connection
