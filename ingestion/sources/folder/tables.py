"""The files of a folder as tables of an engine, so that a mapping can read them as it reads a database.

Belongs here: a view over each table's files. Does not: finding or unpacking them (`source`, `offered_files`).
"""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Self

import duckdb

from glassbook.engine import connect
from glassbook.errors import InputError
from glassbook.sql_paths import parquet_sql
from ingestion.sources.duckdb_tables import DuckDbTables, close_to_the_outside
from ingestion.sources.folder import ENGINE
from ingestion.sources.folder.csv_files import csv_sql, every_record_sql, header_of, require_records
from ingestion.sources.folder.csv_records import count_records
from ingestion.sources.folder.files import require_names
from ingestion.sources.folder.offered_files import Offered, offered
from ingestion.sources.folder.parquet_files import names_in
from ingestion.sources.folder.source import FolderSource
from ingestion.sources.source_engine import AUTO


class FolderTables(DuckDbTables):
    """A folder whose files have names and columns of their own; columns of CSV and XLSX are texts."""

    is_complete = False
    kind_of_database = "folder of files"
    dialect = ENGINE.dialect
    how_to_name_schema = ""

    def __init__(self, path: Path, encoding: str = AUTO) -> None:
        super().__init__(path)
        self._encoding = encoding
        self._folder = FolderSource(path, encoding, has_names_of_its_own=True)

    @property
    def ignored(self) -> list[str]:
        """What is in the folder but no table, by path, with the rule that excludes it."""
        return self._folder.ignored

    def _connect(self) -> duckdb.DuckDBPyConnection:
        connection = connect()
        readable: list[Path] = []
        for table in self._folder.tables():
            files = [offered(path, self._folder.work, self._encoding) for path in self._folder.files_of(table)]
            readable += [file.readable for file in files]
            try:
                connection.execute(f"create view {self.quote(table)} as {_rows_of(connection, files)}")
            except duckdb.Error as error:
                raise InputError(
                    found=str(error).splitlines()[0],
                    where=f"{self._path} ({', '.join(file.path.name for file in files)})",
                    expected="whole files with a header, all of the same columns",
                    remedy="Export or copy them again.",
                ) from error
        close_to_the_outside(connection, self.timezone, readable)
        return connection

    def __enter__(self) -> Self:
        self._folder.__enter__()
        try:
            return super().__enter__()
        except BaseException:
            self._folder.__exit__(None, None, None)
            raise

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        super().__exit__(kind, error, trace)
        self._folder.__exit__(kind, error, trace)


def _rows_of(connection: duckdb.DuckDBPyConnection, files: list[Offered]) -> str:
    if files[0].form == ".parquet":
        for file in files:
            require_names(names_in(connection, file), str(file.path))
        return f"select * from {parquet_sql((file.readable for file in files), 'union_by_name = true')}"
    rows = []
    for file in files:
        # Exports of a data frame often leave the first column without a name.
        header = header_of(file, "names of the columns", may_lack_names=True)
        counted = count_records(file.readable, file.path)
        if not counted.is_plain:
            require_records(connection, every_record_sql(file, header), header, counted.records, file)
        rows.append(f"select * from {csv_sql(file, header)}")
    return " union all by name ".join(rows)
