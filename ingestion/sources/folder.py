"""A folder, or an archive of one, with a file or a folder of files a table.

Belongs here: finding the files. Does not: unpacking them (`offered_files`), reading them (`parquet_files`, `csv_files`).
"""

from __future__ import annotations

import tempfile
import zipfile
from pathlib import Path
from types import TracebackType
from typing import Self

import duckdb

from glassbook.errors import InputError
from ingestion.contract import Table, load_contract
from ingestion.sources.csv_files import open_csv
from ingestion.sources.offered_files import AUTO, FORMS, PACKINGS, SUFFIXES, offered, stem_of
from ingestion.sources.parquet_files import open_parquet
from ingestion.sources.table import Request, SourceTable


class FolderSource:
    """A folder with `<table>.parquet`, `.csv` or `.xlsx`, also packed as .gz or .zip, or with folders `<table>/` of such files."""

    is_complete = False

    def __init__(self, path: Path, encoding: str = AUTO) -> None:
        is_archive = path.is_file() and path.suffix == ".zip"
        if not path.is_dir() and not is_archive:
            raise InputError(
                found="a file" if path.exists() else "no such folder",
                where=str(path),
                expected=f"a folder, or a .zip of one, with one file ({', '.join(FORMS)}) or folder of files a table",
                remedy="Name the folder of the export.",
            )
        self._path = path
        self._encoding = encoding
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
                with zipfile.ZipFile(self._path) as archive:
                    archive.extractall(self.folder)
            except (OSError, zipfile.BadZipFile, RuntimeError, EOFError) as error:
                self._work.cleanup()
                raise InputError(
                    found=f"a file that cannot be unpacked ({error})",
                    where=str(self._path),
                    expected="a whole archive without a password",
                    remedy="Export or copy the file again; it may have been cut off.",
                ) from error
            inner = [path for path in self.folder.iterdir() if path.name != "__MACOSX"]
            if len(inner) == 1 and inner[0].is_dir() and inner[0].name not in load_contract().tables:
                self.folder = inner[0]
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        assert self._work is not None
        self._work.cleanup()

    @property
    def work(self) -> Path:
        """Where files are unpacked; goes when the source is left."""
        assert self._work is not None
        return Path(self._work.name) / "unpacked"

    def open(self, engine: duckdb.DuckDBPyConnection, table: Table, request: Request) -> SourceTable | None:
        """The table's rows, or None when the source does not offer it. Raises InputError when it must, or when a file has another shape."""
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
        """The files of a table, in the order of their names. Raises InputError when it is offered in two forms."""
        inner = self.folder / table
        choices = {suffix: [path] for suffix in SUFFIXES if (path := self.folder / (table + suffix)).is_file()}
        for path in sorted(inner.iterdir()) if inner.is_dir() else []:
            if path.is_file() and (stem := stem_of(path)) is not None:
                choices.setdefault("/" + path.name[len(stem) :], []).append(path)
        if len(choices) > 1:
            first, second = list(choices.values())[:2]
            raise InputError(
                found=f"{table} offered twice: {first[0].name} and {second[0].name}",
                where=str(self._path),
                expected="one form a table",
                remedy="Remove the one that is not meant.",
            )
        return next(iter(choices.values()), [])

    def tables(self) -> list[str]:
        """Names of everything that is offered, whatever the contract calls it."""
        files = {stem for path in self.folder.iterdir() if path.is_file() and (stem := stem_of(path)) is not None}
        return sorted(files | {path.name for path in self.folder.iterdir() if path.is_dir() and self.files_of(path.name)})
