"""The rows of a table that loads brought, in whichever files of the lake they are now.

A load writes a file of its own. Small files are later merged into one (`compaction`), in which `_row_no` is a row's place in its first
file. Belongs here: reading both in the same way. Does not: which rows still count (`judging.standing_sql`, a build's functions).
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from glassbook.lake.loads import MERGED, Load
from glassbook.settings import Settings
from glassbook.sql_paths import ROW_NUMBER, parquet_sql
from ingestion.contract import Table


def rows_sql(settings: Settings, table: Table, loads: Iterable[Load]) -> str | None:
    """The rows that the loads brought, as a relation with `_load_seq`, `_row_hash` and `file_row_number`; None where they brought none."""
    wanted: dict[str, list[int]] = {}
    given = set()
    for load in loads:
        given.add(load.load_seq)
        part = load.tables.get(table.name)
        if part is not None and part.path:
            wanted.setdefault(part.path, []).append(load.load_seq)
    files = {settings.lake_dir / path: _condition(numbers, given) for path, numbers in wanted.items()}
    return files_sql(files, files) if files else None


def _condition(numbers: list[int], given: set[int]) -> str:
    """Which rows of a merged file those loads brought. A long list of numbers takes the engine as long as reading a small file."""
    first, last = min(numbers), max(numbers)
    if given.issuperset(range(first, last + 1)):
        return f"_load_seq between {first} and {last}"
    return f"_load_seq in ({', '.join(map(str, numbers))})"


def files_sql(paths: Iterable[Path], conditions: dict[Path, str] | None = None) -> str:
    """The same for files by their paths; from a merged file the rows that its condition names, or all."""
    plain: list[Path] = []
    merged: list[Path] = []
    for path in dict.fromkeys(paths):
        (merged if path.name.endswith(MERGED) else plain).append(path)
    if not merged:
        return parquet_sql(plain, ROW_NUMBER)
    parts = [f"select * from {parquet_sql(plain, ROW_NUMBER)}"] if plain else []
    for path in merged:
        of_loads = f" where {conditions[path]}" if conditions else ""
        parts.append(f"select * exclude (_row_no), _row_no as file_row_number from {parquet_sql([path])}{of_loads}")
    return f"({' union all by name '.join(parts)})"
