"""Keys that a source no longer has, found by comparing all its keys with the lake's; they become tombstones.

They are compared wherever all of a table's rows are read, and at a reconciliation, which reads all keys.

Belongs here: the comparison and the tombstones' rows. Does not: when it is done and how it becomes visible (`load`).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import duckdb

from glassbook.errors import CheckFailed
from glassbook.lake.loads import Load, TableLoad
from glassbook.sql_text import quoted
from ingestion.contract import Table
from ingestion.loading.content_hash import hash_sql
from ingestion.loading.judging import standing_sql
from ingestion.loading.statements import statement
from ingestion.loading.table_work import TableWork
from ingestion.sources.table import SourceTable

# A few rows may always go. If a large part of a table is gone, or most of more than a handful of rows, the likely cause is a wrong source,
# mapping or right.
MANY_ROWS, LARGE_SHARE, HANDFUL = 100, 10, 10

Deletions = Literal["now", "reconcile", "never"]
"""When a row that the source deleted is found: by the load itself, by the next reconciliation, or never."""


@dataclass(frozen=True)
class KeysCompared:
    """Numbers of keys. `standing`: the lake holds them; `gone`: of those, the source no longer has them; `overlooked`: the source has them
    and the lake lacks them, though they are older than what is read, or of an instant that cannot be read. `is_blind`: a key could not be
    read. It could be that of any row that seems gone, so none counts as gone.
    """

    standing: int
    gone: int
    overlooked: int
    is_blind: bool = False


def compare_keys(work: TableWork, keys: SourceTable, since_at: datetime | None) -> KeysCompared:
    """Compares the source's keys with the lake's; `since_at` (UTC, without zone): rows from this instant on are read anyway.

    Makes the temp tables `keys_now` (key, first_at, unreadable_count; the source's keys and the oldest instant of each) and `gone` (key;
    those standing in the lake that the source does not have).
    """
    try:
        _take_keys(work, keys.query, tells_unreadable=keys.tells_unreadable)
    except duckdb.Error as error:
        raise keys.why_unreadable(error) from error
    return _compared(work, _standing_of(work.loads), since_at)


def compare_arrived(work: TableWork, source: str, *, tells_unreadable: bool) -> KeysCompared:
    """Compares the keys of all rows of a source, which are in the view `arrived`, with the lake's; makes what `compare_keys` makes.

    Rows that another source brought are not expected in this one. If the lake holds nothing of the table, nothing is made.
    """
    if not any(part.path for part in work.before):
        return KeysCompared(0, 0, 0)
    _take_keys(work, "select * from arrived", tells_unreadable=tells_unreadable)
    return _compared(work, _standing_of(work.loads, source), None)


def _take_keys(work: TableWork, rows: str, *, tells_unreadable: bool) -> None:
    lacks_key = " or ".join(f'"{name}" is null' for name in work.table.key)
    unreadable = f"count(*) filter (_unreadable is not null and ({lacks_key}))" if tells_unreadable else "0"
    work.engine.execute(
        f'create or replace temp table keys_now as select {work.key}, min("{work.table.cursor}") as first_at, '
        f"{unreadable} as unreadable_count from ({rows}) group by {work.key}"
    )


def _standing_of(loads: list[Load], source: str | None = None) -> set[int]:
    """Numbers of the loads whose rows stand only while the source has them: all loads, or if several sources were read, its own."""
    sources = {load.source for load in loads if load.decision is None}
    return {load.load_seq for load in loads if source is None or sources <= {source} or load.source == source}


def _compared(work: TableWork, counted: Collection[int], since_at: datetime | None) -> KeysCompared:
    engine, lake = work.engine, work.lake
    held = f"select {work.key}, true as is_standing from keys_now where false"
    if lake and counted:
        held = _held(work, lake, counted)
    engine.execute(f"create or replace temp table held_keys as {held}")
    on_key = work.on_key("n", "h")
    row = engine.execute("select coalesce(sum(unreadable_count), 0) > 0 from keys_now").fetchone()
    assert row is not None
    is_blind = bool(row[0])
    engine.execute(
        f"create or replace temp table gone as select {work.key} from held_keys h "
        f"where is_standing and {not is_blind} and not exists (select 1 from keys_now n where {on_key})"
    )
    # A key of which no instant can be read is not known to be read anyway.
    before = "true" if since_at is None else f"coalesce(first_at < timestamp {quoted(since_at.isoformat(sep=' '))}, true)"
    row = engine.execute(
        f"select (select count(*) from held_keys where is_standing), (select count(*) from gone), "
        f"(select count(*) from keys_now n where {before} and not exists (select 1 from held_keys h where {on_key}))"
    ).fetchone()
    assert row is not None
    return KeysCompared(row[0], row[1], row[2], is_blind)


def _held(work: TableWork, lake: str, counted: Collection[int]) -> str:
    """Keys that the lake holds, and whether each stands. A key that an earlier comparison found gone is not held: the source may bring it
    back. `counted`: loads whose rows must still be at the source; a key that another source also brought need not be."""
    is_counted = "true" if len(counted) == len(work.loads) else f"_load_seq in ({', '.join(map(str, sorted(counted)))})"
    is_standing = standing_sql(work.settings, work.table, work.loads, "k")
    if work.table.kind == "append":
        return f"select {work.key}, bool_and({is_counted}) as is_standing from {lake} k where {is_standing} group by {work.key}"
    # A row that the source itself marks as deleted is held like any other.
    marked = ", ".join(
        f"({load.load_seq}, timestamp {quoted(began.replace(tzinfo=None).isoformat(sep=' '))})"
        for load in work.loads
        if (part := load.tables.get(work.table.name)) and part.rows_gone and (began := load.started_at)
    )
    is_not_ours = f"deleted_at is null or (_load_seq, deleted_at) not in ({marked})" if marked else "true"
    parts = {"is_counted": is_counted, "is_standing": is_standing, "is_not_ours": is_not_ours}
    return statement("held_versions", key=work.key, lake=lake, **parts)


def require_few(table: Table, found: KeysCompared, allowed: frozenset[str]) -> None:
    """Raises CheckFailed when so many keys are gone that the source itself is in doubt, unless the table is allowed by name."""
    is_most = found.gone > HANDFUL and found.gone * 2 > found.standing
    is_much = found.gone > MANY_ROWS and found.gone * 100 > found.standing * LARGE_SHARE
    if table.name in allowed or not (is_most or is_much):
        return
    share = "more than half" if is_most else f"more than {LARGE_SHARE} %"
    raise CheckFailed(
        f"{table.name}: {found.gone:,} of {found.standing:,} rows are gone from the source, {share}; nothing was changed.\n"
        f"  Is it the right database, may this user see all rows, does the mapping leave some out, or derive other keys? "
        f"If they were deleted on purpose, give the same command once with --allow-gone {table.name}"
    )


def deletions_sentence(tables: dict[str, TableLoad]) -> str:
    """When rows that the source deletes are found, for every table that it offers."""
    told = {
        "now": "by this load",
        "reconcile": "by `glassbook reconcile`",
        "never": "never (a folder may hold the newest rows alone)",
    }
    offered = {name: table.deletions for name, table in tables.items() if table.is_supplied and table.deletions}
    if not offered:
        return ""
    parts = []
    for kind, how in told.items():
        found = [name for name, deletions in offered.items() if deletions == kind]
        if found:
            parts.append(f"{how} in {f'all {len(found)} tables' if len(found) == len(offered) else ', '.join(found)}")
    return f"rows deleted at the source are found {'; '.join(parts)}"


def gone_sums(work: TableWork) -> dict[str, str]:
    """Sum of each money column over the rows of an append table that `gone` takes out of the warehouse."""
    lake, columns = work.lake, work.table.money_columns
    if not columns or not lake:
        return {}
    parts = ", ".join(f'coalesce(sum("{name}"), 0)::decimal(38,2)::varchar' for name in columns)
    is_gone = f"exists (select 1 from gone g where {work.on_key('g', 'k')})"
    is_standing = standing_sql(work.settings, work.table, work.loads, "k")
    row = work.engine.execute(f"select {parts} from {lake} k where {is_gone} and {is_standing}").fetchone()
    assert row is not None
    return dict(zip(columns, row, strict=True))


def tombstones_sql(work: TableWork, gone_at: datetime) -> str:
    """Tombstones of the keys in `gone`: the newest version with deleted_at; in an append table only the key.

    The version keeps its updated_at, so that the row stands again when the source brings it back.
    """
    lake = work.lake
    if work.table.kind == "append" or not lake:
        return f"select {work.key}, {work.load_seq}::bigint as _load_seq from gone order by all"
    parts = {
        "columns": work.columns,
        "row_hash": hash_sql(work.table),
        "gone_at": f"timestamp '{gone_at.replace(tzinfo=None).isoformat()}'",
        "lake": lake,
        "on_key": work.on_key("g", "k"),
        "is_standing": standing_sql(work.settings, work.table, work.loads, "k"),
    }
    return statement("tombstones", key=work.key, load_seq=str(work.load_seq), **parts)
