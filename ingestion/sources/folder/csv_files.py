"""CSV files: checking that header, encoding and values are the contract's, and the query that gives their rows without guessing."""

from __future__ import annotations

import csv

import duckdb

from glassbook.errors import InputError
from glassbook.sql_paths import file_read
from glassbook.sql_text import identifier, quoted
from ingestion.contract import Column, Table
from ingestion.mapping.constants import OFFSET
from ingestion.sources.folder.csv_records import count_records, require_one_line_end
from ingestion.sources.folder.files import FilePart, require_in_file, require_names, table_of_files
from ingestion.sources.folder.offered_files import Offered
from ingestion.sources.table import SourceTable, require_columns

CSV_PATTERNS = {
    "id": r"-?\d{1,19}",
    "money": r"-?\d{1,16}(\.\d{1,2})?",
    "rate": r"-?\d{1,3}(\.\d{1,6})?",
    "date": r"\d{4}-\d{2}-\d{2}",
    "time": r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(\.\d{1,6})?(Z|" + OFFSET + ")?",
    "bool": r"(?i)true|false|t|f|0|1",
}
EXAMPLES = {"id": "42", "money": "1234.50", "rate": "0.120000", "date": "2019-12-31", "time": "2019-12-31T16:00:00Z", "bool": "true"}


_DIALECT = (
    "header = true, delim = ',', quote = '\"', escape = '\"', strict_mode = true, nullstr = '', allow_quoted_nulls = false, "
    "auto_detect = false, parallel = false, hive_partitioning = false"
)


def open_csv(engine: duckdb.DuckDBPyConnection, table: Table, files: list[Offered]) -> SourceTable:
    """The rows of CSV files in UTF-8. Raises InputError that names file, line and column of the first thing that is wrong."""
    parts: list[FilePart] = []
    missing_all: set[str] = set()
    unknown_all: set[str] = set()
    for file in files:
        path = file.path
        header = header_of(file, f"the columns {', '.join(table.column_names)}")
        missing, unknown = require_columns(table, header, str(path), "the header")
        require_in_file(path, missing)
        missing_all.update(missing)
        unknown_all.update(unknown)
        counted = count_records(file.readable, file.path)
        try:
            engine.execute(
                f"create or replace temp table csv_rows as select row_number() over () + 1 as line, * from {every_record_sql(file, header)}"
            )
        except duckdb.Error as error:
            require_one_line_end(file.readable, path)
            raise InputError(
                found=str(error).splitlines()[0],
                where=f"{path} (table {table.name})",
                expected=f"{len(header)} fields a line, separated by commas, text with commas or quotes in double quotes",
                remedy="Export the file again; the line named is cut off or has too many fields.",
            ) from error
        require_records(engine, "csv_rows", header, counted.records, file)
        engine.execute(f"delete from csv_rows where ({_holds_something(header)}) is not true")
        _check_csv_values(engine, table, header, file)
        selected = ", ".join(_csv_column(column, column.name in header) for column in table.columns)
        parts.append(FilePart(path, f"select {selected} from {csv_sql(file, header)}"))
    return table_of_files(engine, table, parts, missing_all, unknown_all)


def _check_csv_values(engine: duckdb.DuckDBPyConnection, table: Table, header: list[str], file: Offered) -> None:
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
        advice = "Correct the value or the export."
        if column.type in ("money", "rate") and "," in row[1]:
            advice = "Export numbers with a decimal point and without thousands separators."
        raise InputError(
            found=f"{row[1]!r} in column {column.name}",
            where=f"{file.path}, {file.place_of(row[0])} (table {table.name})",
            expected=f"{column.type}, for example {EXAMPLES[column.type]}",
            remedy=advice,
        )


def _csv_column(column: Column, is_present: bool) -> str:
    name = f'"{column.name}"'
    if not is_present:
        return f"cast(null as {column.duckdb_type}) as {name}"
    # An empty text is a text, an empty number is null, quoted or not.
    value = name if column.type == "text" else f"nullif({name}, '')"
    if column.type == "time":
        # An instant without a zone is in UTC, as the contract says; one with a zone is turned into UTC.
        return f"cast(timezone('UTC', cast({value} as timestamptz)) as timestamp) as {name}"
    return f"cast({value} as {column.duckdb_type}) as {name}"


def header_of(file: Offered, columns: str, *, may_lack_names: bool = False) -> list[str]:
    """Names of a file's columns. Raises InputError for an empty file, for duplicate names and, unless columns may be missing, for missing
    names.

    `columns`: the expected ones.
    """
    with file.readable.open(encoding="utf-8-sig", newline="") as handle:
        try:
            header = [name.strip() for name in next(csv.reader(handle), [])]
        except csv.Error:  # the first record never ends: counting says where
            count_records(file.readable, file.path)
            raise
    if not header:
        blank = file.readable.read_text(encoding="utf-8-sig", errors="replace").strip() != ""
        raise InputError(
            found="an empty line in the place of the header" if blank else "an empty file",
            where=str(file.path),
            expected=f"a header with {columns}, then the rows",
            remedy="Delete the empty lines before the header, or export the table again."
            if blank
            else "Export the table again; an empty one is a header and no rows.",
        )
    if may_lack_names:
        header = [name or f"column{number}" for number, name in enumerate(header)]
    require_names(header, f"{file.path}, {file.place_of(1)}")
    return header


def csv_sql(file: Offered, header: list[str]) -> str:
    """The file's records as texts, in their order, without empty records."""
    return f"(select * from {every_record_sql(file, header)} where {_holds_something(header)})"


def _holds_something(header: list[str]) -> str:
    # Nearly every row has a value in its first column; the other columns are looked at only in rows that have none.
    return " or ".join(f"regexp_matches({identifier(name)}, '\\S')" for name in header)


def every_record_sql(file: Offered, header: list[str]) -> str:
    """The file's records as texts. Nothing is guessed, no line is a comment, and an empty text in quotes is a text."""
    shape = ", ".join(f"{quoted(name)}: 'VARCHAR'" for name in header)
    return f"read_csv({file_read(file.readable)}, {_DIALECT}, columns = {{{shape}}})"


def require_records(engine: duckdb.DuckDBPyConnection, relation: str, header: list[str], records: int, file: Offered) -> None:
    """Raises InputError when the engine reads another number of records than the file has, header included."""
    # The engine reads an empty line as a record only in a file of one column.
    counted = "*" if len(header) > 1 else identifier(header[0])
    row = engine.execute(f"select count({counted}) + 1 from {relation}").fetchone()
    assert row is not None  # an aggregate always returns a row
    if row[0] != records:
        require_one_line_end(file.readable, file.path)
        raise InputError(
            found=f"{records:,} records by one count and {row[0]:,} by another, the header among them",
            where=str(file.path),
            expected="a file that can be read in one way only",
            remedy="Export it again with texts in double quotes and quotes within them twice.",
        )
