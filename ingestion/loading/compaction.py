"""Merges many small files of a table into one, so that an old lake is as quick to read as a new one. No row and no version is lost.

Belongs here: which files, the merged file and its proof, the entry of the load log that says so. Does not: reading (`lake_rows`).
"""

from __future__ import annotations

import hashlib
import logging
from dataclasses import dataclass
from typing import Any

import duckdb

from glassbook.clock import now
from glassbook.disk import is_held
from glassbook.errors import CheckFailed, GlassbookError
from glassbook.faults import checkpoint
from glassbook.lake.comparison import require_whole
from glassbook.lake.loads import MERGED, Compacted, Load, RecordedDecision, files_of, next_loaded_at, write_entry
from glassbook.settings import Settings
from ingestion.contract import Table, load_contract
from ingestion.loading.lake_files import write_file
from ingestion.loading.lake_rows import files_sql, rows_sql
from ingestion.loading.lake_writer import begin, engine_of, swept_on_failure

MANY_FILES = 16
"""This many consecutive small files of a table are merged.

The files of every table that has a quarter as many are merged with them: if each table were merged on its own day, the log would get an
entry every other day.
"""
_SMALL_BYTES = 16 << 20
SOURCE = "compaction"
"""What the load log calls the source of such an entry."""


@dataclass(frozen=True)
class _Run:
    """Consecutive loads whose files of a table are small."""

    table: Table
    loads: tuple[Load, ...]

    @property
    def first_seq(self) -> int:
        return self.loads[0].load_seq

    @property
    def last_seq(self) -> int:
        return self.loads[-1].load_seq


def compact(settings: Settings, loads: list[Load], many: int = MANY_FILES) -> Load | None:
    """Merges the files of each table that has too many small ones; returns the entry of the log, or None when no table has. Call it as the
    lake's writer, with all visible loads. Raises CheckFailed when a merged file does not hold what the small ones do; then nothing is
    changed.

    The small files stay until the next load, so that running readers can finish.
    """
    _remove_replaced(settings, loads)
    tables = load_contract().tables.values()
    if not any(_run(settings, table, loads, many) for table in tables):
        return None
    runs = [run for table in tables if (run := _run(settings, table, loads, max(many // 4, 2))) is not None]
    number = loads[-1].load_seq + 1
    started_at = now(settings)
    begin(settings, number)
    with swept_on_failure(settings, number), engine_of(settings) as engine:
        require_whole(settings, {path: digest for run in runs for path, digest in files_of(run.loads, [run.table.name]).items()})
        compacted = {run.table.name: _merge(settings, engine, run, number) for run in runs}
        checkpoint("compacted")
    content = repr(sorted((name, merged.first_seq, merged.last_seq, merged.rows) for name, merged in compacted.items()))
    load = Load(
        load_seq=number,
        load_id=hashlib.sha256(content.encode()).hexdigest()[:16],
        loaded_at=next_loaded_at(loads, now(settings)),
        started_at=started_at,
        source=SOURCE,
        contract_version=load_contract().version,
        tables={},
        decision=RecordedDecision(SOURCE, "glassbook", ""),
        compacted=compacted,
    )
    write_entry(settings, load)
    checkpoint("after_compaction")
    return load


def compact_after_load(settings: Settings, loads: list[Load]) -> None:
    """The same at the end of a load, which is already visible and must no longer fail."""
    try:
        compact(settings, loads)
    except (GlassbookError, OSError, duckdb.Error) as error:
        logging.getLogger("glassbook").error("small files of the lake are kept as they are: %s", error)


def _run(settings: Settings, table: Table, loads: list[Load], many: int) -> _Run | None:
    """The first consecutive loads that have that many small files of the table."""
    found: list[Load] = []
    files: set[str] = set()
    is_small: dict[str, bool] = {}
    for load in loads:
        path = load.tables[table.name].path if table.name in load.tables else None
        if path is None:
            continue
        if path not in is_small:
            is_small[path] = (settings.lake_dir / path).stat().st_size < _SMALL_BYTES
        if not is_small[path]:
            if len(files) >= many:
                break
            found, files = [], set()
            continue
        found.append(load)
        files.add(path)
    return _Run(table, tuple(found)) if len(files) >= many else None


def _merge(settings: Settings, engine: duckdb.DuckDBPyConnection, run: _Run, number: int) -> Compacted:
    rows = rows_sql(settings, run.table, run.loads)
    assert rows is not None  # a run has files
    order = "order by _load_seq, file_row_number"
    query = f"select * exclude (file_row_number), file_row_number as _row_no from {rows} {order}"
    written = write_file(settings, engine, f"{run.table.name}/{number:08d}{MERGED}", query)
    before, after = (_digest(engine, relation) for relation in (rows, files_sql([settings.lake_dir / written.path])))
    if before != after:
        raise CheckFailed(f"{settings.lake_dir / written.path}: does not hold what the files do that it was made of; they stay.")
    return Compacted(written.path, written.sha256, run.first_seq, run.last_seq, int(before[0]))


def _digest(engine: duckdb.DuckDBPyConnection, relation: str) -> tuple[Any, ...]:
    """Number of rows, and sum and XOR of their hashes, which cover every column, the place in the file and the load."""
    columns = [row[0] for row in engine.execute(f"describe select * from {relation}").fetchall()]
    names = ", ".join(f'"{name}"' for name in sorted(columns))
    found = engine.execute(f"select count(*), sum(h::hugeint), bit_xor(h) from (select hash({names}) as h from {relation})").fetchone()
    assert found is not None  # an aggregate always returns a row
    return tuple(found)


def _remove_replaced(settings: Settings, loads: list[Load]) -> None:
    """Removes files whose rows an earlier compaction put into a merged one, unless a build is reading them."""
    if is_held(settings.builds_dir / ".lock"):
        return
    own = {part.replaced_path for load in loads for part in load.tables.values() if part.replaced_path}
    merged = {part.path for load in loads for part in load.compacted.values()}
    replaced = (own | merged) - files_of(loads).keys()
    for name in {path.partition("/")[0] for path in replaced}:
        for file in (settings.lake_dir / name).glob("*.parquet"):
            if f"{name}/{file.name}" in replaced:
                file.unlink()
