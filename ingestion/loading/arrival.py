"""One table of one load: streamed once into a file, judged, counted against the source, and put into lake and quarantine.

Belongs here: what is written. Does not: which rows are asked for (`load`), what becomes of one (`judging`), the proof that rows and sums
add up (`accounts`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import duckdb

from glassbook.engine_errors import is_full_disk
from glassbook.lake.loads import Load, TableLoad, source_loads
from glassbook.settings import Settings
from glassbook.sql_paths import ROW_NUMBER, file_written, parquet_sql
from ingestion.contract import Table
from ingestion.contract.horizon import Horizon
from ingestion.loading.accounts import content_of, counts_of, digest_of, money_sums, newest_cursor, require_all
from ingestion.loading.content_hash import hash_sql, text_sql, unreadable_hash_sql
from ingestion.loading.drift import drift_of, shape_of
from ingestion.loading.held_rows import QUARANTINE, open_rows, quarantine_sql
from ingestion.loading.judging import judge, judged_sql
from ingestion.loading.lake_files import FORM, Written, keep, write_file
from ingestion.loading.null_words import NullWords, read_as_null, take_out_words
from ingestion.loading.superseding import find_superseded
from ingestion.loading.unreadable import require_readable, unreadable_columns, unreadable_json_sql
from ingestion.loading.vanished import Deletions, compare_arrived, gone_sums, require_few, tombstones_sql
from ingestion.loading.withdrawing import count_withdrawn, newest_kept, withdrawn_sums
from ingestion.sources.table import SourceTable, UnreadableValue


@dataclass(frozen=True)
class Arrival:
    """The load that a table arrives with, the loads that were visible before it, the source's words for null, and the load's business day.

    `started_at` is an aware instant in UTC; `source` is the source's name; of the tables in `allow_gone` any number of rows may be gone.
    `withdrawn` is the file that names rows of the lake that go to quarantine: they are in the engine's table `withdrawn`, and `loads` have
    them no more.
    """

    load_seq: int
    started_at: datetime
    loads: list[Load]
    words: NullWords
    horizon: Horizon
    source: str
    allow_gone: frozenset[str] = frozenset()
    withdrawn: Written | None = None


def load_table(
    settings: Settings,
    engine: duckdb.DuckDBPyConnection,
    table: Table,
    read: SourceTable,
    arrival: Arrival,
    *,
    signature: str | None,
    since_at: datetime | None,
    gone: int,
    is_complete: bool = False,
    has_compared: bool = False,
    is_blind: bool = False,
    unreadable: UnreadableValue | None = None,
) -> TableLoad:
    """Reads a table and writes its new rows, its tombstones (the engine's table `gone` has `gone` keys) and what goes into quarantine.

    `is_complete`: the source holds all rows there are, so that a row in lake or quarantine which it no longer has was mended or deleted;
    `has_compared`: the engine's table `keys_now` has their keys, but for some that could not be read (`is_blind`). Where it was not and all
    rows come, their keys are compared here. Raises what makes a row unreadable, and CheckFailed when rows or sums do not add up, or when
    the source has lost many rows.
    """
    number = f"{arrival.load_seq:08d}"
    landed = settings.lake_dir / "_work" / "arrived.parquet"
    _land(engine, table, read, arrival.load_seq, landed)
    if unreadable is not None:
        require_readable(engine, read, unreadable)
    unread = unreadable_columns(engine, table, read)
    is_all = is_complete and not read.is_windowed
    sees_deletions = (has_compared or is_all) and not is_blind
    if is_all and not has_compared:
        has_told = read.tells_unreadable and not read.is_empty
        found = compare_arrived(settings, engine, table, arrival.loads, arrival.source, tells_unreadable=has_told)
        require_few(table, found, arrival.allow_gone)
        gone, sees_deletions = found.gone, not found.is_blind
    found_words: dict[str, dict[str, int]] = {}
    if not read.is_empty:
        landed, found_words = take_out_words(settings, engine, table, arrival.words, arrival.loads, landed, _hashed(table, read))
    withdrawn = count_withdrawn(engine) if arrival.withdrawn else 0
    is_judged = judge(settings, engine, table, arrival.loads, arrival.horizon, has_withdrawn=withdrawn > 0, tells_unreadable=bool(unread))
    counts, total = counts_of(engine, table, is_judged)
    at_source = read.totals() if read.totals else None
    sums = money_sums(engine, table, is_judged, at_source, unread)
    require_all(table, counts, total, at_source)
    cursor_to = newest_cursor(engine, table, is_judged)
    content = content_of(engine, judged_sql(is_judged)) if counts["new"] else None
    new_file = quarantine_file = gone_file = None
    marked = gone if table.kind == "mutable" else 0
    if counts["quarantined"] or withdrawn:
        quarantine_file = _quarantine(
            settings,
            engine,
            table,
            arrival.load_seq,
            is_judged=is_judged,
            has_withdrawn=withdrawn > 0,
            tells_unreadable=bool(unread),
        )
    # Before the file that arrived is moved to its place in the lake.
    superseded, states_file, still_open = _supersede(
        settings, engine, table, arrival, quarantine_file, is_judged=is_judged, is_all=is_all, has_keys=has_compared
    )
    digests = {}
    if counts["quarantined"]:
        digests["quarantined"] = content_of(engine, judged_sql(is_judged), "quarantined")
    if withdrawn:
        digests["withdrawn"] = digest_of(engine, "withdrawn", "concat_ws(chr(31), held_load_seq::varchar, row_no::varchar)")
        for name, amount in withdrawn_sums(engine, table).items():
            sums[name] |= {"withdrawn": amount, "quarantined": str(Decimal(sums[name]["quarantined"]) + Decimal(amount))}
        cursor_to = max(filter(None, (cursor_to, newest_kept(settings, engine, table, arrival.loads))), default=None)
    if superseded:
        digests["superseded"] = digest_of(engine, "superseded", "concat_ws(chr(31), held_load_seq::varchar, row_no::varchar)")
    if gone:
        digests["gone"] = digest_of(engine, "gone", text_sql([column for column in table.columns if column.name in table.key]))
    if counts["new"] or marked:
        path = f"{table.name}/{number}.parquet"
        if is_judged or marked or read.tells_unreadable:
            columns = ", ".join(f'"{name}"' for name in table.column_names)
            rows = f"select {columns}, _load_seq, _row_hash from arrived"
            if is_judged:
                rows += " join judged using (_position) where disposition = 'new'"
            query = f"select * from ({rows} order by _position)"
            if marked:
                query += (
                    f" union all select * from ({tombstones_sql(settings, table, arrival.loads, arrival.load_seq, arrival.started_at)})"
                )
            new_file = write_file(settings, engine, path, query)
        else:
            new_file = keep(settings, landed, path)
    if gone and table.kind == "append":
        for name, amount in gone_sums(settings, engine, table, arrival.loads).items():
            sums[name]["gone"] = amount
        gone_file = write_file(
            settings,
            engine,
            f"{table.name}/{number}.gone.parquet",
            tombstones_sql(settings, table, arrival.loads, arrival.load_seq, arrival.started_at),
        )
    deletions: Deletions = "now" if sees_deletions else "reconcile" if is_complete else "never"
    cursors = [load.tables[table.name].cursor_to for load in source_loads(arrival.loads) if table.name in load.tables]
    return TableLoad(
        is_supplied=True,
        path=new_file.path if new_file else None,
        quarantine_path=quarantine_file.path if quarantine_file else None,
        quarantine_sha256=quarantine_file.sha256 if quarantine_file else None,
        rows_read=total,
        rows_new=counts["new"],
        rows_unchanged=counts["unchanged"],
        rows_duplicate=counts["duplicate"],
        rows_quarantined=counts["quarantined"] + withdrawn,
        money_sums=sums,
        cursor_from=max((cursor for cursor in cursors if cursor), default=None),
        cursor_to=cursor_to,
        missing_columns=read.missing_columns,
        unknown_columns=read.unknown_columns,
        content=content,
        digests=digests,
        sha256=new_file.sha256 if new_file else None,
        bytes=new_file.bytes if new_file else 0,
        rows_at_source=at_source.rows if at_source else None,
        rows_gone=gone,
        gone_path=gone_file.path if gone_file else None,
        gone_sha256=gone_file.sha256 if gone_file else None,
        is_windowed=read.is_windowed,
        read_from=since_at.isoformat(sep=" ") if since_at and read.is_windowed else None,
        source_columns=shape_of(table, read),
        mapping_signature=signature,
        drift=drift_of(table, read, arrival.loads),
        states_path=states_file.path if states_file else None,
        states_sha256=states_file.sha256 if states_file else None,
        rows_superseded=superseded,
        rows_open=still_open,
        rows_withdrawn=withdrawn,
        withdrawn_path=arrival.withdrawn.path if arrival.withdrawn else None,
        withdrawn_sha256=arrival.withdrawn.sha256 if arrival.withdrawn else None,
        deletions=deletions,
        null_words=found_words,
        null_words_read=read_as_null(table, arrival.words, found_words),
    )


def _land(engine: duckdb.DuckDBPyConnection, table: Table, read: SourceTable, load_seq: int, target: Path) -> None:
    """Streams the source's rows, in their order, into a file in the shape of the lake's, and lays the view `arrived` over it."""
    if read.is_empty:
        nothing = [f'null::{column.duckdb_type} as "{column.name}"' for column in table.columns]
        nothing += ["null::bigint as _load_seq", "null::ubigint as _row_hash", "null::bigint as _position"]
        engine.execute(f"create or replace temp view arrived as select {', '.join(nothing)} where false")
        return
    columns = ", ".join(f'"{name}"' for name in table.column_names)
    try:
        engine.execute(
            f"copy (select {columns}, {load_seq}::bigint as _load_seq, {_hashed(table, read)} from ({read.query})) "
            f"to {file_written(target)} ({FORM})"
        )
    except duckdb.Error as error:
        if is_full_disk(error):
            raise
        raise read.why_unreadable(error) from error
    engine.execute(
        f"create or replace temp view arrived as select * exclude (file_row_number), file_row_number + 1 as _position "
        f"from {parquet_sql([target], ROW_NUMBER)}"
    )


def _hashed(table: Table, read: SourceTable) -> str:
    """The columns that a row gets beside its own: its hash and, where the source tells it, what could not be read."""
    return f"{unreadable_hash_sql(table)} as _row_hash, _unreadable" if read.tells_unreadable else f"{hash_sql(table)} as _row_hash"


def _quarantine(
    settings: Settings,
    engine: duckdb.DuckDBPyConnection,
    table: Table,
    load_seq: int,
    *,
    is_judged: bool,
    has_withdrawn: bool,
    tells_unreadable: bool,
) -> Written:
    """Writes the rows that arrived and are held back, and after them those that leave the lake."""
    values = ", ".join(f'"{n}" := "{n}"' for n in table.column_names)
    as_json = f"to_json(struct_pack({values}))::varchar"
    row = f"case when _unreadable is null then {as_json} else {unreadable_json_sql(table)} end" if tells_unreadable else as_json
    key_text = " || ', ' || ".join(f"'{name}=' || coalesce(\"{name}\"::varchar, 'null')" for name in table.key)
    parts = []
    if is_judged:
        parts.append(
            f"""select '{table.name}' as table_name, split_part(reason, ':', 1) as reason_code, split_part(reason, ':', 2) as column_name,
            {key_text} as key_text, {row} as row_json, {load_seq}::bigint as load_seq, _row_hash
            from arrived join judged using (_position) where disposition = 'quarantined' order by _position"""
        )
    if has_withdrawn:
        parts.append(
            f"""select '{table.name}' as table_name, reason_code, column_name,
            {key_text} as key_text, {as_json} as row_json, {load_seq}::bigint as load_seq, _row_hash
            from withdrawn order by held_load_seq, row_no"""
        )
    path = f"{QUARANTINE}/{table.name}/{load_seq:08d}.parquet"
    return write_file(settings, engine, path, " union all ".join(f"select * from ({part})" for part in parts))


def _supersede(
    settings: Settings,
    engine: duckdb.DuckDBPyConnection,
    table: Table,
    arrival: Arrival,
    held: Written | None,
    *,
    is_judged: bool,
    is_all: bool,
    has_keys: bool,
) -> tuple[int, Written | None, int]:
    """Writes which rows in quarantine the source no longer says; returns their number, the file, and how many rows are open now."""
    if held is None and not any((t := load.tables.get(table.name)) and t.quarantine_path for load in arrival.loads):
        return 0, None, 0
    also_held = held.path if held else None
    rows = quarantine_sql(settings, arrival.loads, table.name, also_held=also_held)
    superseded = find_superseded(
        engine, table, rows, arrival.load_seq, arrival.horizon, is_judged=is_judged, is_all=is_all, has_keys=has_keys
    )
    states = None
    if superseded:
        states = write_states(settings, engine, table, arrival.load_seq, "superseded")
        rows = quarantine_sql(settings, arrival.loads, table.name, also_held=also_held, also_states=states.path)
    return superseded, states, open_rows(engine, rows)


def write_states(settings: Settings, engine: duckdb.DuckDBPyConnection, table: Table, load_seq: int, relation: str) -> Written:
    """Writes the new states of rows in quarantine (see `superseding`)."""
    path = f"{QUARANTINE}/{table.name}/{load_seq:08d}.states.parquet"
    return write_file(settings, engine, path, f"select * from {relation} order by all")
