"""What files of a folder share, whatever their format: their rows as one table of the source, and which of them is at fault.

Belongs here: putting files together. Does not: reading one format of them (`parquet_files`, `csv_files`).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb

from glassbook.errors import InputError
from ingestion.contract import Table
from ingestion.sources.table import SourceTable


@dataclass(frozen=True)
class FilePart:
    """One file, and the query that gives its rows in the contract's columns and types."""

    path: Path
    query: str


def require_names(header: list[str], where: str) -> None:
    """Raises InputError for a column without a name, or with the same name as another; the engine ignores case."""
    seen: dict[str, int] = {}
    for number, name in enumerate(header, 1):
        if not name or name.lower() in seen:
            first = seen.get(name.lower())
            raise InputError(
                found=f"column {number} named {name}, and so is column {first}: twice" if first else f"column {number} without a name",
                where=where,
                expected="a name for every column, each once, in whatever case",
                remedy="Name the column or leave it out of the export.",
            )
        seen[name.lower()] = number


def require_in_file(path: Path, missing: list[str]) -> None:
    """Raises InputError when only the name of a folder, as in `province_code=11/`, has what the file lacks."""
    found = next((part for part in path.parts[:-1] if part.partition("=")[0] in missing and "=" in part), None)
    if found is not None:
        raise InputError(
            found=f"a folder {found}, and no column {found.partition('=')[0]} in the file",
            where=str(path),
            expected="every column in the files; names of folders mean nothing",
            remedy="Export the column into the files too.",
        )


def table_of_files(
    engine: duckdb.DuckDBPyConnection, table: Table, parts: list[FilePart], missing: set[str], unknown: set[str]
) -> SourceTable:
    """All rows of the files, in the order of the files and in each of its rows."""

    def why_unreadable(error: duckdb.Error) -> InputError:
        # Read again file by file, to name the one at fault.
        at_fault = parts[0].path.parent
        for part in parts:
            try:
                engine.execute(f"create or replace temp table probe as {part.query}")
            except duckdb.Error:
                at_fault = part.path
                break
        return InputError(
            found=f"rows that cannot be read ({str(error).splitlines()[0]})",
            where=f"{at_fault} (table {table.name})",
            expected="a complete file of the contract's types",
            remedy="Export or copy the file again; it may have been damaged on the way.",
        )

    return SourceTable(" union all ".join(part.query for part in parts), sorted(missing), sorted(unknown), why_unreadable)
