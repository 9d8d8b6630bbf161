"""Parquet files: checking that their columns have the contract's types, and the query that gives their rows without rounding."""

from __future__ import annotations

from pathlib import Path

import duckdb

from glassbook.errors import InputError
from glassbook.sql_paths import ROW_NUMBER, file_read, parquet_sql
from ingestion.contract import Column, Table
from ingestion.sources.folder.files import FilePart, require_in_file, require_names, table_of_files
from ingestion.sources.folder.offered_files import Offered
from ingestion.sources.table import SourceTable, require_columns

INTEGERS = {"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT"}
_NUMBERS = ("id", "money", "rate")


def open_parquet(engine: duckdb.DuckDBPyConnection, table: Table, files: list[Offered]) -> SourceTable:
    """The rows of Parquet files. Raises InputError for one that is cut off or has another shape."""
    parts: list[FilePart] = []
    missing_all: set[str] = set()
    unknown_all: set[str] = set()
    for file in files:
        path = file.path
        try:
            shape = engine.execute(f"describe select * from {_rows(file)}").fetchall()
        except duckdb.Error as error:
            raise InputError(
                found=f"a file that is not whole Parquet ({str(error).splitlines()[0]})",
                where=f"{path} (table {table.name})",
                expected="a complete Parquet file",
                remedy="Export or copy the file again; it may have been cut off.",
            ) from error
        # The engine itself renames a second column of the same name.
        require_names(names_in(engine, file), str(path))
        types = {row[0]: row[1] for row in shape}
        missing, unknown = require_columns(table, list(types), str(path), "the header")
        require_in_file(path, missing)
        missing_all.update(missing)
        unknown_all.update(unknown)
        selected = ", ".join(_parquet_column(column, types.get(column.name), path, table) for column in table.columns)
        _check_parquet_values(engine, table, types, file)
        parts.append(FilePart(path, f"select {selected} from {_rows(file)}"))
    return table_of_files(engine, table, parts, missing_all, unknown_all)


def names_in(engine: duckdb.DuckDBPyConnection, file: Offered) -> list[str]:
    """Names of a file's columns as it has them."""
    nodes = engine.execute(f"select name, coalesce(num_children, 0) from parquet_schema({file_read(file.readable)})").fetchall()
    names, inner = [], 0
    # The root comes first; what is nested in a column follows the column.
    for name, children in nodes[1:]:
        if not inner:
            names.append(name)
        inner = max(inner - 1, 0) + children
    return names


def _rows(file: Offered, *options: str) -> str:
    return parquet_sql([file.readable], *options)


def _parquet_column(column: Column, found: str | None, path: Path, table: Table) -> str:
    name = f'"{column.name}"'
    if found is None:
        return f"cast(null as {column.duckdb_type}) as {name}"
    fits = {
        "id": found in INTEGERS or found.startswith("DECIMAL"),
        "text": found == "VARCHAR" or found.startswith("ENUM"),
        "money": found in INTEGERS or found.startswith("DECIMAL"),
        "rate": found in INTEGERS or found.startswith("DECIMAL"),
        "date": found == "DATE",
        "time": found.startswith("TIMESTAMP") and found != "TIMESTAMP_NS",
        "bool": found == "BOOLEAN",
    }[column.type]
    # Some tools write a column without any value as an integer of no width.
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


def _check_parquet_values(engine: duckdb.DuckDBPyConnection, table: Table, types: dict[str, str], file: Offered) -> None:
    """Raises InputError for the first number that does not fit into the contract's type without rounding."""
    for column in table.columns:
        found = types.get(column.name)
        if column.type not in _NUMBERS or found is None or found in ('"NULL"', column.duckdb_type):
            continue
        name = f'"{column.name}"'
        # Cast back to its own type, the value is the same unless it was rounded.
        again = f"try_cast(try_cast({name} as {column.duckdb_type}) as {found})"
        try:
            row = engine.execute(
                f"select file_row_number + 1, {name} from {_rows(file, ROW_NUMBER)} "
                f"where {name} is not null and {again} is distinct from {name} limit 1"
            ).fetchone()
        except duckdb.Error:
            return  # Cannot be read at all: reported, with the file, when the rows are read.
        if row is not None:
            raise InputError(
                found=f"{row[1]} in column {column.name}",
                where=f"{file.path}, row {row[0]} (table {table.name})",
                expected=f"{column.type}, that is a number that {column.duckdb_type} holds without rounding",
                remedy="Correct the value or the export.",
            )
