"""A folder of Parquet or CSV files as a source: one file, or one folder of files, a table.

Belongs here: finding the files, proving that they have the contract's shape, and the query that gives their rows in the contract's types.
Raises InputError that names file, line or row, column, what was expected and what to do. Values are never rounded or guessed.
"""

from __future__ import annotations

import codecs
import csv
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import duckdb

from glassbook.errors import InputError
from ingestion.contract import Column, Table
from ingestion.sources.table import SourceTable, require_columns

CSV_PATTERNS = {
    "id": r"-?\d{1,19}",
    "money": r"-?\d{1,16}(\.\d{1,2})?",
    "rate": r"-?\d{1,3}(\.\d{1,6})?",
    "date": r"\d{4}-\d{2}-\d{2}",
    "time": r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(\.\d{1,6})?(Z|[+-]\d{2}(:?\d{2})?)?",
    "bool": r"(?i)true|false|t|f|0|1",
}
EXAMPLES = {"id": "42", "money": "1234.50", "rate": "0.120000", "date": "2019-12-31", "time": "2019-12-31T16:00:00Z", "bool": "true"}
INTEGERS = {"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER"}


@dataclass(frozen=True)
class _Part:
    """One file, and the query that gives its rows in the contract's columns and types."""

    path: Path
    query: str


class FolderSource:
    """A folder with `<table>.parquet`, `<table>.csv` or `<table>/*.parquet|csv`."""

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

    def open(self, engine: duckdb.DuckDBPyConnection, table: Table) -> SourceTable | None:
        """The table's rows, or None when the source does not offer it. Raises InputError when it must, or when a file has another shape."""
        files = self._files(table)
        if not files:
            return None
        if files[0].suffix == ".parquet":
            return _open_parquet(engine, table, files)
        return _open_csv(engine, table, files)

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


def _open_parquet(engine: duckdb.DuckDBPyConnection, table: Table, files: list[Path]) -> SourceTable:
    parts: list[_Part] = []
    missing_all: set[str] = set()
    unknown_all: set[str] = set()
    for path in files:
        try:
            shape = engine.execute(f"describe select * from read_parquet('{_sql(path)}')").fetchall()
        except duckdb.Error as error:
            raise InputError(
                found=f"a file that is not whole Parquet ({str(error).splitlines()[0]})",
                where=f"{path} (table {table.name})",
                expected="a complete Parquet file",
                remedy="Export or copy the file again; it may have been cut off.",
            ) from error
        types = {row[0]: row[1] for row in shape}
        missing, unknown = require_columns(table, list(types), str(path), "the header")
        missing_all.update(missing)
        unknown_all.update(unknown)
        selected = ", ".join(_parquet_column(column, types.get(column.name), path, table) for column in table.columns)
        _check_parquet_values(engine, table, types, path)
        parts.append(_Part(path, f"select {selected} from read_parquet('{_sql(path)}')"))
    return _table(engine, table, parts, missing_all, unknown_all)


def _parquet_column(column: Column, found: str | None, path: Path, table: Table) -> str:
    name = f'"{column.name}"'
    if found is None:
        return f"cast(null as {column.duckdb_type}) as {name}"
    fits = {
        "id": found in INTEGERS,
        "text": found == "VARCHAR" or found.startswith("ENUM"),
        "money": found in INTEGERS - {"BIGINT"} or _decimal_fits(found, 2),
        "rate": found in INTEGERS - {"BIGINT"} or _decimal_fits(found, 6),
        "date": found == "DATE",
        "time": found.startswith("TIMESTAMP") and found != "TIMESTAMP_NS",
        "bool": found == "BOOLEAN",
    }[column.type]
    # A column without any value is written as an integer of no width by some tools.
    if not fits and found != '"NULL"':
        raise InputError(
            found=f"column {column.name} of type {found}",
            where=f"{path} (table {table.name})",
            expected=f"{column.type}, that is {column.duckdb_type}"
            + (" (never floating point)" if column.type in ("money", "rate") else ""),
            remedy="Export the column with that type.",
        )
    if column.type == "time" and found == "TIMESTAMP WITH TIME ZONE":
        return f"timezone('UTC', {name}) as {name}"
    return f"cast({name} as {column.duckdb_type}) as {name}"


def _check_parquet_values(engine: duckdb.DuckDBPyConnection, table: Table, types: dict[str, str], path: Path) -> None:
    """Raises InputError for the first value of a wider type than the contract's that the contract's cannot hold."""
    for column in table.columns:
        if column.type not in ("money", "rate") or types.get(column.name) in (None, '"NULL"', column.duckdb_type):
            continue
        name = f'"{column.name}"'
        try:
            row = engine.execute(
                f"select file_row_number + 1, {name} from read_parquet('{_sql(path)}', file_row_number = true) "
                f"where {name} is not null and try_cast({name} as {column.duckdb_type}) is null limit 1"
            ).fetchone()
        except duckdb.Error:
            return  # Cannot be read at all: said, with the file, when the rows are.
        if row is not None:
            raise InputError(
                found=f"{row[1]} in column {column.name}",
                where=f"{path}, row {row[0]} (table {table.name})",
                expected=f"{column.type}, that is a number that {column.duckdb_type} holds",
                remedy="Correct the value or the export.",
            )


def _decimal_fits(found: str, scale: int) -> bool:
    return found.startswith("DECIMAL") and int(found.rstrip(")").split(",")[1]) <= scale


def _open_csv(engine: duckdb.DuckDBPyConnection, table: Table, files: list[Path]) -> SourceTable:
    parts: list[_Part] = []
    missing_all: set[str] = set()
    unknown_all: set[str] = set()
    for path in files:
        _require_utf8(path, table)
        header = _header(path)
        if not header:
            raise InputError(
                found="an empty file",
                where=f"{path} (table {table.name})",
                expected=f"a header with the columns {', '.join(table.column_names)}, then the rows",
                remedy="Export the table again; an empty one is a header and no rows.",
            )
        missing, unknown = require_columns(table, header, str(path), "the header")
        missing_all.update(missing)
        unknown_all.update(unknown)
        shape = ", ".join(f"'{_text(name)}': 'VARCHAR'" for name in header)
        relation = (
            f"read_csv('{_sql(path)}', header = true, delim = ',', quote = '\"', escape = '\"', columns = {{{shape}}}, "
            f"auto_detect = false, strict_mode = true, nullstr = '', allow_quoted_nulls = false, parallel = false)"
        )
        try:
            engine.execute(f"create or replace temp table csv_rows as select row_number() over () + 1 as line, * from {relation}")
        except duckdb.Error as error:
            raise InputError(
                found=str(error).splitlines()[0],
                where=f"{path} (table {table.name})",
                expected=f"{len(header)} fields a line, separated by commas, text with commas or quotes in double quotes",
                remedy="Export the file again; the line named is cut off or has too many fields.",
            ) from error
        _check_csv_values(engine, table, header, path)
        selected = ", ".join(_csv_column(column, column.name in header) for column in table.columns)
        parts.append(_Part(path, f"select {selected} from {relation}"))
    return _table(engine, table, parts, missing_all, unknown_all)


def _table(engine: duckdb.DuckDBPyConnection, table: Table, parts: list[_Part], missing: set[str], unknown: set[str]) -> SourceTable:
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


def _check_csv_values(engine: duckdb.DuckDBPyConnection, table: Table, header: list[str], path: Path) -> None:
    for column in table.columns:
        if column.type == "text" or column.name not in header:
            continue
        cast = _csv_column(column, True).rsplit(" as ", 1)[0].replace("cast(", "try_cast(")
        row = engine.execute(
            f'select line, "{column.name}" from csv_rows where "{column.name}" <> \'\' '
            f"and (not regexp_full_match(\"{column.name}\", '{CSV_PATTERNS[column.type]}') or {cast} is null) order by line limit 1"
        ).fetchone()
        if row is None:
            continue
        line = _line_of(path, row[0])
        advice = "Correct the value or the export."
        if column.type in ("money", "rate") and "," in row[1]:
            advice = "Export numbers with a decimal point and without thousands separators."
        raise InputError(
            found=f"{row[1]!r} in column {column.name}",
            where=f"{path}, line {line} (table {table.name})",
            expected=f"{column.type}, for example {EXAMPLES[column.type]}",
            remedy=advice,
        )


def _line_of(path: Path, record: int) -> int:
    """First line of the record with this number, the header being 1; texts in quotes can run over several lines."""
    with path.open(encoding="utf-8-sig", newline="") as handle:
        reader = csv.reader(handle)
        for _ in range(record - 1):
            next(reader, None)
        return reader.line_num + 1


def _csv_column(column: Column, is_present: bool) -> str:
    name = f'"{column.name}"'
    if not is_present:
        return f"cast(null as {column.duckdb_type}) as {name}"
    # An empty text is a text, an empty number is none, quoted or not.
    value = name if column.type == "text" else f"nullif({name}, '')"
    if column.type == "time":
        # An instant without a zone is in UTC, as the contract says; one with a zone is turned into UTC.
        return f"cast(timezone('UTC', cast({value} as timestamptz)) as timestamp) as {name}"
    return f"cast({value} as {column.duckdb_type}) as {name}"


def _require_utf8(path: Path, table: Table) -> None:
    decoder = codecs.getincrementaldecoder("utf-8")()
    line = 1
    with path.open("rb") as handle:
        is_more = True
        while is_more:
            block = handle.read(1 << 20)
            is_more = bool(block)
            try:
                decoder.decode(block, final=not is_more)
            except UnicodeDecodeError as error:
                line += block[: error.start].count(b"\n")
                raise InputError(
                    found=f"bytes that are not UTF-8 ({error.object[error.start : error.start + 4]!r})",
                    where=f"{path}, line {line} (table {table.name})",
                    expected="UTF-8, with or without byte order mark",
                    remedy="Export as UTF-8, or convert the file (for instance `iconv -f GB18030 -t UTF-8`).",
                ) from error
            line += block.count(b"\n")


def _header(path: Path) -> list[str]:
    with path.open(encoding="utf-8-sig", newline="") as handle:
        return [name.strip() for name in next(csv.reader(handle), [])]


def _text(value: str) -> str:
    return value.replace("'", "''")


def _sql(path: Path) -> str:
    return _text(str(path))
