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
from glassbook.settings import Settings
from glassbook.sql_text import quoted
from ingestion.contract import Table
from ingestion.loading.content_hash import hash_sql
from ingestion.loading.judging import standing_sql
from ingestion.loading.lake_rows import rows_sql
from ingestion.sources.table import SourceTable

# A few rows always may go; a large part of a table that is gone, or most of more than a handful, is first of all a sign of a wrong source,
# mapping or right.
MANY_ROWS, LARGE_SHARE, HANDFUL = 100, 10, 10

Deletions = Literal["now", "reconcile", "never"]
"""When a row that the source deleted is found: by the load itself, by the next reconciliation, or never."""


@dataclass(frozen=True)
class Comparison:
    """How many keys the lake holds as standing, how many of them are gone, and how many the source has that the lake lacks though they
    lie before what is read. `is_blind`: a key could not be read, so that any row could be the one that seems gone, and none counts as gone.
    """

    standing: int
    gone: int
    overlooked: int
    is_blind: bool = False


def compare_keys(
    settings: Settings, engine: duckdb.DuckDBPyConnection, table: Table, keys: SourceTable, loads: list[Load], since_at: datetime | None
) -> Comparison:
    """Compares the source's keys with the lake's; `since_at` (UTC, without zone): rows from there on are read in any case.

    Makes the temp tables `keys_now` (key, first_at, unreadable_count; the source's keys and the oldest instant of each) and `gone` (key;
    those standing in the lake that the source does not have).
    """
    try:
        _take_keys(engine, table, keys.query, tells_unreadable=keys.tells_unreadable)
    except duckdb.Error as error:
        raise keys.why_unreadable(error) from error
    return _compared(settings, engine, table, loads, _standing_of(loads), since_at)


def compare_arrived(
    settings: Settings, engine: duckdb.DuckDBPyConnection, table: Table, loads: list[Load], source: str, *, tells_unreadable: bool
) -> Comparison:
    """Compares the keys of all rows of a source, which are in the view `arrived`, with the lake's; makes what `compare_keys` makes.

    What another source brought is not looked for in this one; where the lake holds nothing of the table, nothing is made.
    """
    if not any((t := load.tables.get(table.name)) and t.path for load in loads):
        return Comparison(0, 0, 0)
    _take_keys(engine, table, "select * from arrived", tells_unreadable=tells_unreadable)
    return _compared(settings, engine, table, loads, _standing_of(loads, source), None)


def _take_keys(engine: duckdb.DuckDBPyConnection, table: Table, rows: str, *, tells_unreadable: bool) -> None:
    names = ", ".join(f'"{name}"' for name in table.key)
    lacks_key = " or ".join(f'"{name}" is null' for name in table.key)
    unreadable = f"count(*) filter (_unreadable is not null and ({lacks_key}))" if tells_unreadable else "0"
    engine.execute(
        f'create or replace temp table keys_now as select {names}, min("{table.cursor}") as first_at, {unreadable} as unreadable_count '
        f"from ({rows}) group by {names}"
    )


def _standing_of(loads: list[Load], source: str | None = None) -> set[int]:
    """Numbers of the loads whose rows a source must still have to stand: all, or where several sources were read, its own."""
    sources = {load.source for load in loads if load.decision is None}
    return {load.load_seq for load in loads if source is None or sources <= {source} or load.source == source}


def _compared(
    settings: Settings,
    engine: duckdb.DuckDBPyConnection,
    table: Table,
    loads: list[Load],
    counted: Collection[int],
    since_at: datetime | None,
) -> Comparison:
    names = ", ".join(f'"{name}"' for name in table.key)
    lake = rows_sql(settings, table, loads)
    held = f"select {names}, true as is_standing from keys_now where false"
    if lake and counted:
        held = _held(settings, table, lake, names, loads, counted)
    engine.execute(f"create or replace temp table held_keys as {held}")
    on_key = " and ".join(f'n."{name}" = h."{name}"' for name in table.key)
    row = engine.execute("select coalesce(sum(unreadable_count), 0) > 0 from keys_now").fetchone()
    assert row is not None
    is_blind = bool(row[0])
    engine.execute(
        f"create or replace temp table gone as select {names} from held_keys h "
        f"where is_standing and {not is_blind} and not exists (select 1 from keys_now n where {on_key})"
    )
    before = "true" if since_at is None else f"first_at < timestamp {quoted(since_at.isoformat(sep=' '))}"
    row = engine.execute(
        f"select (select count(*) from held_keys where is_standing), (select count(*) from gone), "
        f"(select count(*) from keys_now n where {before} and not exists (select 1 from held_keys h where {on_key}))"
    ).fetchone()
    assert row is not None
    return Comparison(row[0], row[1], row[2], is_blind)


def _held(settings: Settings, table: Table, files: str, names: str, loads: list[Load], counted: Collection[int]) -> str:
    """Keys that the lake holds, and whether each stands. One that a comparison found gone is not held: the source may bring it back.
    `counted`: loads whose rows must still be at the source; a key that another source brought as well need not."""
    is_counted = "true" if len(counted) == len(loads) else f"_load_seq in ({', '.join(map(str, sorted(counted)))})"
    if table.kind == "append":
        return (
            f"select {names}, bool_and({is_counted}) as is_standing from {files} k where {standing_sql(settings, table, loads, 'k')} "
            f"group by {names}"
        )
    # A row that the source itself marks as deleted is held like any other.
    marked = ", ".join(
        f"({load.load_seq}, timestamp {quoted(began.replace(tzinfo=None).isoformat(sep=' '))})"
        for load in loads
        if (t := load.tables.get(table.name)) and t.rows_gone and (began := load.started_at)
    )
    not_ours = f"where (deleted_at is null or (_load_seq, deleted_at) not in ({marked}))" if marked else ""
    return (
        f"select {names}, deleted_at is null and {is_counted} as is_standing from (select {names}, deleted_at, _load_seq from {files} k "
        f"where {standing_sql(settings, table, loads, 'k')} "
        f"qualify row_number() over (partition by {names} order by updated_at desc, _load_seq desc, file_row_number desc) = 1) {not_ours}"
    )


def require_few(table: Table, found: Comparison, allowed: frozenset[str]) -> None:
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


def gone_sums(settings: Settings, engine: duckdb.DuckDBPyConnection, table: Table, loads: list[Load]) -> dict[str, str]:
    """Sum of each money column over the rows of an append table that `gone` takes out of the warehouse."""
    lake = rows_sql(settings, table, loads)
    parts = ", ".join(f'coalesce(sum("{name}"), 0)::decimal(38,2)::varchar' for name in table.money_columns)
    if not parts or not lake:
        return {}
    on_key = " and ".join(f'g."{name}" = k."{name}"' for name in table.key)
    row = engine.execute(
        f"select {parts} from {lake} k where exists (select 1 from gone g where {on_key}) and {standing_sql(settings, table, loads, 'k')}"
    ).fetchone()
    assert row is not None
    return dict(zip(table.money_columns, row, strict=True))


def tombstones_sql(settings: Settings, table: Table, loads: list[Load], load_seq: int, gone_at: datetime) -> str:
    """Rows that say that the keys in `gone` are no more: the newest version with deleted_at; in an append table the key.

    The version keeps its updated_at, so that the row stands again when the source brings it back.
    """
    order = "updated_at desc, _load_seq desc, file_row_number desc"
    names = ", ".join(f'"{name}"' for name in table.key)
    if table.kind == "append":
        return f"select {names}, {load_seq}::bigint as _load_seq from gone order by all"
    lake = rows_sql(settings, table, loads)
    columns = ", ".join(f'"{name}"' for name in table.column_names)
    on_key = " and ".join(f'g."{name}" = k."{name}"' for name in table.key)
    moment = f"timestamp '{gone_at.replace(tzinfo=None).isoformat()}'"
    return (
        f"select {columns}, {load_seq}::bigint as _load_seq, {hash_sql(table)} as _row_hash from ("
        f"select * replace ({moment} as deleted_at) from {lake} k "
        f"where exists (select 1 from gone g where {on_key}) and {standing_sql(settings, table, loads, 'k')} "
        f"qualify row_number() over (partition by {names} order by {order}) = 1) order by {names}"
    )
