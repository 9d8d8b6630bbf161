"""One table as a source offers it: the queries that give its rows, and what its columns lack of the contract's or have beyond them.

Belongs here: what every kind of source shares. Does not: how files are found and read (`folder`).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb

from glassbook.errors import InputError
from ingestion.contract import Table


@dataclass(frozen=True)
class SourceTable:
    """A table of a source: `parts` are its files, each with the query that gives its rows in the contract's columns and types."""

    parts: list[tuple[Path, str]]
    missing_columns: list[str]
    unknown_columns: list[str]

    @property
    def query(self) -> str:
        """All rows, in the order of the files and in each of its rows."""
        return " union all ".join(query for _, query in self.parts)

    def why_unreadable(self, engine: duckdb.DuckDBPyConnection, table: Table, error: duckdb.Error) -> InputError:
        """The error to raise when reading the rows failed with `error`: reads file by file to name the one at fault."""
        at_fault = self.parts[0][0].parent
        for path, query in self.parts:
            try:
                engine.execute(f"create or replace temp table probe as {query}")
            except duckdb.Error:
                at_fault = path
                break
        return InputError(
            found=f"rows that cannot be read ({str(error).splitlines()[0]})",
            where=f"{at_fault} (table {table.name})",
            expected="a complete file of the contract's types",
            remedy="Export or copy the file again; it may have been damaged on the way.",
        )


def require_columns(table: Table, present: list[str], where: Path) -> tuple[list[str], list[str]]:
    """Missing nullable columns and unknown columns. Raises InputError for a missing column that must be there."""
    missing = [column.name for column in table.columns if column.name not in present]
    refused = [column.name for column in table.columns if column.name in missing and not column.nullable]
    if refused:
        raise InputError(
            found=f"no column {', '.join(refused)} (the header has: {', '.join(present)})",
            where=f"{where} (table {table.name})",
            expected=f"the columns {', '.join(table.column_names)}",
            remedy="Add the missing columns to the export, or correct the header.",
        )
    return missing, [name for name in present if name not in table.column_names]
