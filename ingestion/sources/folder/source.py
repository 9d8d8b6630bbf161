"""A folder, or an archive of one, with one file or one folder of files per table.

Belongs here: the folder as a source. Does not: what a file in it is (`entries`), unpacking it (`offered_files`),
reading it (`parquet_files`, `csv_files`).
"""

from __future__ import annotations

import tempfile
import zipfile
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Self

import duckdb

from glassbook.engine_errors import is_full_disk
from glassbook.errors import InputError
from ingestion.contract import Table, load_contract
from ingestion.sources.folder.csv_files import open_csv
from ingestion.sources.folder.entries import Entries, entries_of
from ingestion.sources.folder.file_names import FORMS, PACKINGS, is_companion
from ingestion.sources.folder.offered_files import offered
from ingestion.sources.folder.parquet_files import open_parquet
from ingestion.sources.folder.unpacking import cannot_unpack, require_ample_archive
from ingestion.sources.source_engine import AUTO
from ingestion.sources.table import Request, SourceTable


class FolderSource:
    """A folder with `<table>.parquet`, `.csv` or `.xlsx`, also packed, or with folders `<table>/` of such files.

    `has_names_of_its_own`: its tables do not have the contract's names; a mapping says what each is.
    """

    is_complete = False

    def __init__(self, path: Path, encoding: str = AUTO, *, has_names_of_its_own: bool = False) -> None:
        is_archive = path.is_file() and path.suffix.lower() == ".zip"
        if not path.is_dir() and not is_archive:
            raise InputError(
                found="a file" if path.exists() else "no such folder",
                where=str(path),
                expected=f"a folder, or a .zip of one, with one file ({', '.join(FORMS)}) or folder of files a table",
                remedy="Name the folder of the export.",
            )
        self._path = path
        self._encoding = encoding
        self._names = None if has_names_of_its_own else frozenset(load_contract().tables)
        self._work: tempfile.TemporaryDirectory[str] | None = None
        self.folder = path

    @property
    def name(self) -> str:
        """The folder's own name."""
        return self._path.name

    def __enter__(self) -> Self:
        self._work = tempfile.TemporaryDirectory(prefix="glassbook-")
        if self._path.is_file():
            self.folder = Path(self._work.name) / "archive"
            try:
                self._extract()
            except BaseException:
                self._work.cleanup()
                raise
        return self

    def _extract(self) -> None:
        try:
            with zipfile.ZipFile(self._path) as archive:
                names = archive.namelist()
                twice = next((name for name in names if names.count(name) > 1), None) if len(set(names)) < len(names) else None
                if twice is not None:
                    raise InputError(
                        found=f"{twice} twice",
                        where=str(self._path),
                        expected="every file once in the archive",
                        remedy="Pack the folder again; what was added to an archive later does not replace what is in it.",
                    )
                require_ample_archive(self._path, archive)
                archive.extractall(self.folder)
        except (OSError, zipfile.BadZipFile, RuntimeError, EOFError, NotImplementedError) as error:
            if is_full_disk(error):
                raise
            raise cannot_unpack(self._path, error) from error
        inner = [path for path in self.folder.iterdir() if not is_companion(path.name)]
        if len(inner) == 1 and inner[0].is_dir() and inner[0].name.lower() not in load_contract().tables:
            self.folder = inner[0]

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        assert self._work is not None
        self._work.cleanup()

    @property
    def work(self) -> Path:
        """Where files are unpacked; removed when the source is closed."""
        assert self._work is not None
        return Path(self._work.name) / "unpacked"

    def open(self, engine: duckdb.DuckDBPyConnection, table: Table, request: Request) -> SourceTable | None:
        """The table's rows, or None when the source does not offer it. Raises InputError when a required table is missing or a file has
        another shape."""
        found = self.files_of(table.name)
        if not found and table.required:
            raise InputError(
                found=f"no file of the required table {table.name}",
                where=str(self._path),
                expected=f"{', '.join(table.name + form for form in FORMS)} ({' or '.join(PACKINGS)} too), or a folder {table.name}/",
                remedy="Export the table; an empty one is a file with header and no rows.",
            )
        if not found:
            return None
        days = frozenset(column.name for column in table.columns if column.type == "date")
        files = [offered(path, self.work, self._encoding, days) for path in found]
        if files[0].form == ".parquet":
            return open_parquet(engine, table, files)
        return open_csv(engine, table, files)

    def files_of(self, table: str) -> list[Path]:
        """The files of a table, in the order of their paths."""
        return self._entries.files.get(table, [])

    def tables(self) -> list[str]:
        """Names of all tables that are offered."""
        return sorted(self._entries.files)

    @property
    def ignored(self) -> list[str]:
        """What is in the folder but not read, by path, with the rule that excludes it."""
        return self._entries.ignored

    @cached_property
    def _entries(self) -> Entries:
        return entries_of(self.folder, self._names)
