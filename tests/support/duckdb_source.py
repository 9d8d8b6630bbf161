"""A platform made by hand as a DuckDB database, and a mapping that takes its tables as they are. For tests."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

from tests.support.platform import Platform


def write_database(p: Platform, file: Path) -> Path:
    """Makes every table of the platform in a database file, replacing existing ones; returns the file."""
    with TemporaryDirectory() as folder, duckdb.connect(str(file)) as connection:
        for part in sorted(p.write(Path(folder)).glob("*.parquet")):
            connection.execute(f"create or replace table {part.stem} as from read_parquet('{part}')")
    return file


def run(file: Path, *statements: str) -> None:
    """Runs a statement at the source."""
    with duckdb.connect(str(file)) as connection:
        for statement in statements:
            connection.execute(statement)


def tables_as_they_are(p: Platform, file: Path, **of_each: Any) -> dict[str, dict[str, Any]]:
    """The tables of a mapping in which each column is the contract's of that name, with the same further rules for each table."""
    with duckdb.connect(str(file), read_only=True) as connection:
        columns = {name: [row[0] for row in connection.execute(f"describe {name}").fetchall()] for name in p.tables()}
    return {name: {"from": name, "columns": {column: column for column in held}} | of_each for name, held in columns.items()}
