"""One load: every table of a source judged row by row, written once and made visible by one entry of the load log.

Belongs here: what becomes of a row (new, unchanged, duplicate, quarantined) and the proof that all rows and sums add up.
Does not: how a source is read (`sources`), the rules of form (`form_rules`).
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from glassbook.clock import now
from glassbook.errors import CheckFailed
from glassbook.faults import checkpoint
from glassbook.settings import Settings
from ingestion.contract import Table, load_contract
from ingestion.form_rules import KEY_CONFLICT, violation_sql
from ingestion.load_log import Load, TableLoad, visible_loads, write_entry
from ingestion.sources.folder import FolderSource, SourceTable

QUARANTINE = "_quarantine"
DISPOSITIONS = ("new", "unchanged", "duplicate", "quarantined")


def ingest_folder(settings: Settings, source: Path) -> Load:
    """Loads a folder of Parquet or CSV files.

    Returns the load that is now the newest; when nothing had changed, the one that was. Raises InputError for a source that cannot be
    read as the contract says, CheckFailed when rows or sums do not add up; in both cases nothing becomes visible.
    """
    with _only_one(settings):
        loads = visible_loads(settings)
        load_seq = loads[-1].load_seq + 1 if loads else 1
        _clean(settings, load_seq)
        folder = FolderSource(source)
        written = {}
        with _engine(settings) as engine:
            for table in load_contract().tables.values():
                read = folder.open(engine, table)
                written[table.name] = _load_table(settings, engine, table, read, load_seq, loads) if read else TableLoad(is_supplied=False)
                checkpoint("after_table_written")
        load = Load(
            load_seq=load_seq,
            load_id=_load_id(written),
            loaded_at=now(settings),
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


def _clean(settings: Settings, load_seq: int) -> None:
    """Removes what a killed load left behind: files of a load that never became visible."""
    for pattern in (f"*/{load_seq:08d}.parquet*", f"{QUARANTINE}/*/{load_seq:08d}.parquet*", "_loads/.*.part"):
        for path in settings.lake_dir.glob(pattern):
            path.unlink()


def _hash_sql(table: Table) -> str:
    """A stable 64-bit hash of a row's content; null and the empty text differ."""
    parts = ", ".join(f"coalesce('=' || cast(\"{column}\" as varchar), '')" for column in table.column_names)
    return f"md5_number_lower(concat_ws(chr(31), {parts}))"


def _load_table(
    settings: Settings, engine: duckdb.DuckDBPyConnection, table: Table, read: SourceTable, load_seq: int, loads: list[Load]
) -> TableLoad:
    columns = ", ".join(f'"{name}"' for name in table.column_names)
    engine.execute(
        f"""create or replace table arrived as
        select *, {_hash_sql(table)} as _row_hash, row_number() over () as _position, {violation_sql(table)} as violation
        from ({read.query})"""
    )
    read.check(engine)
    _judge(settings, engine, table, loads)
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
    cursor_to = engine.execute(f'select max("{table.cursor}")::varchar from arrived').fetchone()
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


def _judge(settings: Settings, engine: duckdb.DuckDBPyConnection, table: Table, loads: list[Load]) -> None:
    """Makes the table `judged`: what becomes of each row of `arrived`."""
    key = ", ".join(f'"{name}"' for name in table.key)
    cursor = table.cursor
    lake = [str(settings.lake_dir / t.path) for load in loads if (t := load.tables.get(table.name)) and t.path]
    held = [str(settings.lake_dir / t.quarantine_path) for load in loads if (t := load.tables.get(table.name)) and t.quarantine_path]
    known = f'select {key}, _row_hash, "{cursor}" as seen_at, _load_seq from read_parquet({lake})' if lake else None
    repeated = engine.execute(f"select 1 from arrived group by {key} having count(*) > 1 limit 1").fetchone() is not None
    copy = f"row_number() over (partition by {key}, _row_hash order by _position)" if repeated else "1"
    engine.execute(
        f'create or replace temp table ranked as select {key}, _row_hash, _position, violation, "{cursor}" as seen_at, {copy} as copy from arrived'
    )
    on_key = " and ".join(f'k."{name}" = a."{name}"' for name in table.key)
    is_known = is_conflict = "false"
    if known:
        again = ""
        if table.kind == "mutable":
            # Content that was overtaken within the same instant and now comes back is the newest again.
            again = f" and not exists (select 1 from known n where {on_key.replace('k.', 'n.')} and n.seen_at = a.seen_at and n._load_seq > k._load_seq)"
        engine.execute(
            f"create or replace temp table known as select * from ({known}) k where exists (select 1 from ranked a where {on_key})"
        )
        is_known = f"exists (select 1 from known k where {on_key} and k._row_hash = a._row_hash{again})"
        is_conflict = f"exists (select 1 from known k where {on_key} and k._row_hash <> a._row_hash)" if table.kind == "append" else "false"
    is_held = f"a._row_hash in (select _row_hash from read_parquet({held}))" if held else "false"
    first = "a._row_hash"
    if repeated and table.kind == "append":
        first = f"first_value(a._row_hash) over (partition by {', '.join(f'a.{chr(34)}{n}{chr(34)}' for n in table.key)} order by a.violation is not null, a._position)"
    engine.execute(
        f"""create or replace temp table judged as
        select _position,
            case
                when copy > 1 then 'duplicate'
                when is_held then 'unchanged'
                when violation is not null then 'quarantined'
                when is_known then 'unchanged'
                when is_conflict or first_hash <> _row_hash then 'quarantined'
                else 'new'
            end as disposition,
            coalesce(violation, '{KEY_CONFLICT.reason}:') as reason
        from (select a.*, {is_held} as is_held, {is_known} as is_known, {is_conflict} as is_conflict, {first} as first_hash from ranked a)"""
    )


def _money_sums(engine: duckdb.DuckDBPyConnection, table: Table) -> dict[str, dict[str, str]]:
    """Sum of each money column by what became of the rows, and read in all, taken from two separate scans. Raises CheckFailed when they differ."""
    if not table.money_columns:
        return {}
    parts = ", ".join(f'coalesce(sum("{name}"), 0)::decimal(38,2)' for name in table.money_columns)
    read = engine.execute(f"select {parts} from arrived").fetchone()
    assert read is not None
    sums = {name: {"read": str(read[i])} | dict.fromkeys(DISPOSITIONS, "0.00") for i, name in enumerate(table.money_columns)}
    for row in engine.execute(f"select disposition, {parts} from arrived join judged using (_position) group by all").fetchall():
        for i, name in enumerate(table.money_columns):
            sums[name][row[0]] = str(row[i + 1])
    from decimal import Decimal

    for name, amounts in sums.items():
        if Decimal(amounts["read"]) != sum(Decimal(amounts[d]) for d in DISPOSITIONS):
            raise CheckFailed(f"{table.name}.{name}: sums do not add up: {amounts}; the load is refused")
    return sums


def _write(engine: duckdb.DuckDBPyConnection, target: Path, query: str) -> tuple[str, int]:
    """Writes a Parquet file whole or not at all; returns its SHA-256 and size in bytes."""
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(target.name + ".part")
    engine.execute(f"copy ({query}) to '{temporary}' (format parquet, compression zstd)")
    with temporary.open("rb") as handle:
        digest = hashlib.file_digest(handle, "sha256").hexdigest()
        os.fsync(handle.fileno())
    temporary.replace(target)
    return digest, target.stat().st_size
