"""One load: every table of a source judged row by row, written once and made visible by one entry of the load log.

Belongs here: the order of the steps, what is written, and the proof that all rows and sums add up.
Does not: how a source is read (`sources`), what becomes of a row (`judging`).
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import duckdb

from glassbook.clock import now
from glassbook.errors import CheckFailed
from glassbook.faults import checkpoint
from glassbook.settings import Settings
from ingestion.contract import Table, load_contract
from ingestion.judging import DISPOSITIONS, hash_sql, judge, quoted
from ingestion.load_log import Load, TableLoad, sync_folder, visible_loads, write_entry
from ingestion.sources.opening import open_source
from ingestion.sources.table import SourceTable

QUARANTINE = "_quarantine"


def ingest(settings: Settings, address: str | Path) -> Load:
    """Loads a folder of Parquet or CSV files, or a database by its URL.

    Returns the load that is now the newest; when nothing had changed, the one that was. Raises InputError for a source that cannot be
    read as the contract says, CheckFailed when rows or sums do not add up; in both cases nothing becomes visible.
    """
    with _only_one(settings):
        loads = visible_loads(settings)
        load_seq = loads[-1].load_seq + 1 if loads else 1
        _clean(settings, load_seq)
        written = {}
        with open_source(str(address)) as source, _swept_on_failure(settings, load_seq), _engine(settings) as engine:
            for table in load_contract().tables.values():
                read = source.open(engine, table)
                written[table.name] = _load_table(settings, engine, table, read, load_seq, loads) if read else TableLoad(is_supplied=False)
                checkpoint("after_table_written")
                checkpoint(f"after_table_written:{table.name}")
        load = Load(
            load_seq=load_seq,
            load_id=_load_id(written),
            # Never before the load it follows, whatever the clock says, so that an instant names one state of the lake.
            loaded_at=max([now(settings), *(loads[-1].loaded_at + timedelta(microseconds=1) for _ in loads[-1:])]),
            source=source.name,
            contract_version=load_contract().version,
            tables=written,
        )
        if loads and not load.rows_new and not load.rows_quarantined and _same_supply(load, loads[-1]):
            _clean(settings, load_seq)
            return loads[-1]
        checkpoint("before_load_log")
        write_entry(settings, load)
        checkpoint("after_load_log")
        return load


def _same_supply(load: Load, previous: Load) -> bool:
    return all(table.is_supplied == (name in previous.tables and previous.tables[name].is_supplied) for name, table in load.tables.items())


def _load_id(tables: dict[str, TableLoad]) -> str:
    """Name of a load by its content, so that the same rows have the same name on every machine."""
    text = "\n".join(f"{name} {table.sha256} {table.rows_read} {table.rows_quarantined}" for name, table in sorted(tables.items()))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


@contextmanager
def _only_one(settings: Settings) -> Iterator[None]:
    settings.lake_dir.mkdir(parents=True, exist_ok=True)
    with (settings.lake_dir / ".lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


@contextmanager
def _engine(settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    work = settings.lake_dir / "_work"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    config: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": settings.memory_limit,
        "threads": settings.threads,
        "temp_directory": str(work),
        "autoinstall_known_extensions": False,
    }
    connection = duckdb.connect(str(work / "load.duckdb"), config=config)
    connection.execute("set TimeZone = 'UTC'")
    try:
        yield connection
    finally:
        connection.close()
        shutil.rmtree(work, ignore_errors=True)


@contextmanager
def _swept_on_failure(settings: Settings, load_seq: int) -> Iterator[None]:
    """Removes what a refused load has written so far; what a killed one leaves goes with the next load."""
    try:
        yield
    except BaseException:
        _clean(settings, load_seq)
        raise


def _clean(settings: Settings, load_seq: int) -> None:
    """Removes what a killed load left behind: files of a load that never became visible."""
    for pattern in (f"*/{load_seq:08d}.parquet*", f"{QUARANTINE}/*/{load_seq:08d}.parquet*", "_loads/.*.part"):
        for path in settings.lake_dir.glob(pattern):
            path.unlink()


def _load_table(
    settings: Settings, engine: duckdb.DuckDBPyConnection, table: Table, read: SourceTable, load_seq: int, loads: list[Load]
) -> TableLoad:
    columns = ", ".join(f'"{name}"' for name in table.column_names)
    try:
        engine.execute(
            f"""create or replace table arrived as
            select *, {hash_sql(table)} as _row_hash, row_number() over () as _position
            from ({read.query})"""
        )
    except duckdb.Error as error:
        raise read.why_unreadable(error) from error
    judge(settings, engine, table, loads)
    counts = {name: 0 for name in DISPOSITIONS} | dict(engine.execute("select disposition, count(*) from judged group by all").fetchall())
    sums = _money_sums(engine, table)
    path = quarantine_path = None
    digest, size = None, 0
    if counts["new"]:
        path = f"{table.name}/{load_seq:08d}.parquet"
        digest, size = _write(
            engine,
            settings.lake_dir / path,
            f"select {columns}, {load_seq}::bigint as _load_seq, _row_hash from arrived join judged using (_position) "
            f"where disposition = 'new' order by _position",
        )
    if counts["quarantined"]:
        quarantine_path = f"{QUARANTINE}/{table.name}/{load_seq:08d}.parquet"
        key_text = " || ', ' || ".join(f"'{name}=' || coalesce(\"{name}\"::varchar, 'null')" for name in table.key)
        _write(
            engine,
            settings.lake_dir / quarantine_path,
            f"""select '{table.name}' as table_name, split_part(reason, ':', 1) as reason_code, split_part(reason, ':', 2) as column_name,
            {key_text} as key_text, to_json(struct_pack({", ".join(f'"{n}" := "{n}"' for n in table.column_names)}))::varchar as row_json,
            {load_seq}::bigint as load_seq, _row_hash
            from arrived join judged using (_position) where disposition = 'quarantined' order by _position""",
        )
    # What is in quarantine may bear any date and must not say how far the data reaches.
    cursor_to = engine.execute(
        f"select max(\"{table.cursor}\")::varchar from arrived join judged using (_position) where disposition <> 'quarantined'"
    ).fetchone()
    total = engine.execute("select count(*) from arrived").fetchone()
    assert cursor_to is not None and total is not None
    if total[0] != sum(counts.values()):
        raise CheckFailed(f"{table.name}: {total[0]} rows read, but {counts} make {sum(counts.values())}; the load is refused")
    earlier = [load.tables[table.name].cursor_to for load in loads if table.name in load.tables]
    return TableLoad(
        is_supplied=True,
        path=path,
        quarantine_path=quarantine_path,
        rows_read=total[0],
        rows_new=counts["new"],
        rows_unchanged=counts["unchanged"],
        rows_duplicate=counts["duplicate"],
        rows_quarantined=counts["quarantined"],
        money_sums=sums,
        cursor_from=max((cursor for cursor in earlier if cursor), default=None),
        cursor_to=cursor_to[0],
        missing_columns=read.missing_columns,
        unknown_columns=read.unknown_columns,
        sha256=digest,
        bytes=size,
    )


def _money_sums(engine: duckdb.DuckDBPyConnection, table: Table) -> dict[str, dict[str, str]]:
    """Sum of each money column by what became of the rows, and read in all, from two separate scans.

    Raises CheckFailed when the two differ.
    """
    if not table.money_columns:
        return {}
    parts = ", ".join(f'coalesce(sum("{name}"), 0)::decimal(38,2)' for name in table.money_columns)
    read = engine.execute(f"select {parts} from arrived").fetchone()
    assert read is not None
    sums = {name: {"read": str(read[i])} | dict.fromkeys(DISPOSITIONS, "0.00") for i, name in enumerate(table.money_columns)}
    for row in engine.execute(f"select disposition, {parts} from arrived join judged using (_position) group by all").fetchall():
        for i, name in enumerate(table.money_columns):
            sums[name][row[0]] = str(row[i + 1])
    for name, amounts in sums.items():
        if Decimal(amounts["read"]) != sum(Decimal(amounts[d]) for d in DISPOSITIONS):
            raise CheckFailed(f"{table.name}.{name}: sums do not add up: {amounts}; the load is refused")
    return sums


def _write(engine: duckdb.DuckDBPyConnection, target: Path, query: str) -> tuple[str, int]:
    """Writes a Parquet file whole or not at all; returns its SHA-256 and size in bytes."""
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(target.name + ".part")
    engine.execute(f"copy ({query}) to {quoted(temporary)} (format parquet, compression zstd)")
    with temporary.open("rb") as handle:
        digest = hashlib.file_digest(handle, "sha256").hexdigest()
        os.fsync(handle.fileno())
    temporary.replace(target)
    sync_folder(target.parent)
    return digest, target.stat().st_size
