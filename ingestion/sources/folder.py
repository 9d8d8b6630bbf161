"""A folder with one Parquet or CSV file, or a folder of such files, a table.

Belongs here: finding the files. Does not: reading them (`parquet_files`, `csv_files`).
"""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Self

import duckdb

from glassbook.errors import InputError
from ingestion.contract import Table
from ingestion.sources.csv_files import open_csv
from ingestion.sources.parquet_files import open_parquet
from ingestion.sources.table import Request, SourceTable


class FolderSource:
    """A folder with `<table>.parquet`, `<table>.csv` or `<table>/*.parquet|csv`."""

    is_complete = False

    def __init__(self, folder: Path) -> None:
        if not folder.is_dir():
            raise InputError(
                found="no such folder" if not folder.exists() else "a file",
                where=str(folder),
                expected="a folder with one Parquet or CSV file (or folder of files) a table",
                remedy="Name the folder of the export.",
            )
        self.folder = folder

    @property
    def name(self) -> str:
        """The folder's own name."""
        return self.folder.name

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Nothing is kept open."""

    def open(self, engine: duckdb.DuckDBPyConnection, table: Table, request: Request) -> SourceTable | None:
        """The table's rows, or None when the source does not offer it. Raises InputError when it must, or when a file has another shape."""
        files = self._files(table)
        if not files:
            return None
        if files[0].suffix == ".parquet":
            return open_parquet(engine, table, files)
        return open_csv(engine, table, files)

    def _files(self, table: Table) -> list[Path]:
        choices = [
            [path for path in [self.folder / f"{table.name}.parquet"] if path.is_file()],
            [path for path in [self.folder / f"{table.name}.csv"] if path.is_file()],
            sorted((self.folder / table.name).glob("*.parquet")),
            sorted((self.folder / table.name).glob("*.csv")),
        ]
        offered = [files for files in choices if files]
        if len(offered) > 1:
            raise InputError(
                found=f"{table.name} offered twice: {offered[0][0].name} and {offered[1][0].name}",
                where=str(self.folder),
                expected="one form a table",
                remedy="Remove the one that is not meant.",
            )
        if not offered and table.required:
            raise InputError(
                found=f"no file of the required table {table.name}",
                where=str(self.folder),
                expected=f"{table.name}.parquet, {table.name}.csv or a folder {table.name}/ of such files",
                remedy="Export the table; an empty one is a file with header and no rows.",
            )
        return offered[0] if offered else []
