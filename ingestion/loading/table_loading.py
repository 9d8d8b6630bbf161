"""One table of one load: its rows are read, judged, compared with the source's counts, and written to lake and quarantine.

Belongs here: the order of that, what is written, and what the load log says of it. Does not: how rows arrive (`arrival`), judging them
(`judging`), the proof that rows and sums add up (`accounts`).
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from glassbook.lake.loads import TableLoad, source_loads
from ingestion.loading.accounts import account_of, content_of, digest_of
from ingestion.loading.arrival import Arrival, Extent, Landed, land
from ingestion.loading.content_hash import text_sql
from ingestion.loading.drift import drift_of, shape_of
from ingestion.loading.held_rows import open_rows, quarantine_sql
from ingestion.loading.holding_back import hold_back
from ingestion.loading.judging import judge, judged_sql
from ingestion.loading.lake_files import keep
from ingestion.loading.null_words import read_as_null
from ingestion.loading.superseding import find_superseded, write_states
from ingestion.loading.table_work import TableWork
from ingestion.loading.vanished import gone_sums, tombstones_sql
from ingestion.loading.withdrawing import newest_kept, withdrawn_sums
from ingestion.sources.table import SourceTable

_ROW = "concat_ws(chr(31), held_load_seq::varchar, row_no::varchar)"
"""Text that names a row which an earlier load brought."""


def load_table(arrival: Arrival, read: SourceTable, extent: Extent) -> TableLoad:
    """Reads a table and writes its new rows, its tombstones and what goes into quarantine.

    Raises the error of an unreadable value, and CheckFailed when rows or sums do not add up, or when the source has lost many rows.
    """
    work = arrival.work
    landed = land(arrival, read, extent)
    withdrawn = work.count("withdrawn") if arrival.withdrawn else 0
    is_judged = judge(work, landed.rows, has_withdrawn=withdrawn > 0, tells_unreadable=bool(landed.unread))
    account = account_of(work, read, landed.rows, is_judged=is_judged, unreadable=landed.unread)
    report = replace(_reading(arrival, read, extent, landed), **account)
    if is_judged and extent.is_complete and work.table.kind == "mutable":
        report = replace(report, drift=[*report.drift, *_older_than_known(work)])
    is_held_back = report.rows_quarantined > 0
    if is_held_back or withdrawn:
        held = hold_back(work, is_judged=is_judged, has_withdrawn=withdrawn > 0, tells_unreadable=bool(landed.unread))
        report = replace(report, quarantine_path=held.path, quarantine_sha256=held.sha256)
    if is_held_back:
        report = _told(report, "quarantined", content_of(work.engine, judged_sql(is_judged), "quarantined"))
    if withdrawn:
        report = _withdrawn(report, work, withdrawn)
    # Before the file that arrived is moved to its place in the lake.
    report = _superseded(report, work, is_judged=is_judged, is_all=landed.is_all, has_keys=extent.compared is not None)
    if landed.gone:
        key = [column for column in work.table.columns if column.name in work.table.key]
        report = _told(report, "gone", digest_of(work.engine, "gone", text_sql(key)))
    report = _in_lake(report, arrival, read, landed, is_judged=is_judged)
    if landed.gone and work.table.kind == "append":
        report = _gone(report, arrival)
    return report


def _reading(arrival: Arrival, read: SourceTable, extent: Extent, landed: Landed) -> TableLoad:
    """What the log says about the reading itself."""
    work = arrival.work
    cursors = [load.tables[work.table.name].cursor_to for load in source_loads(work.loads) if work.table.name in load.tables]
    return TableLoad(
        is_supplied=True,
        cursor_from=max((cursor for cursor in cursors if cursor), default=None),
        missing_columns=read.missing_columns,
        unknown_columns=read.unknown_columns,
        rows_gone=landed.gone,
        is_windowed=read.is_windowed,
        read_from=extent.since_at.isoformat(sep=" ") if extent.since_at and read.is_windowed else None,
        source_columns=shape_of(work.table, read),
        mapping_signature=extent.signature,
        drift=drift_of(work.table, read, work.loads, arrival.lacked, is_complete=extent.is_complete),
        withdrawn_path=arrival.withdrawn.path if arrival.withdrawn else None,
        withdrawn_sha256=arrival.withdrawn.sha256 if arrival.withdrawn else None,
        deletions=landed.deletions,
        null_words=landed.null_words,
        null_words_read=read_as_null(work.table, arrival.words, landed.null_words),
    )


def _older_than_known(work: TableWork) -> list[str]:
    """A sentence about new rows of a source that holds one version of each, when the lake holds a newer one: that one goes on counting."""
    key = " || ', ' || ".join(f"'{name}=' || a.\"{name}\"::varchar" for name in work.table.key)
    is_older = f'exists (select 1 from known n where {work.on_key("n", "a")} and n.seen_at > a."{work.table.cursor}")'
    found = work.engine.execute(
        f"select count(*), arg_min({key}, _position) from arrived a join judged using (_position) where disposition = 'new' and {is_older}"
    ).fetchone()
    assert found is not None  # a count always returns a row
    count, first = found
    if not count:
        return []
    return [
        f"rows with an older {work.table.cursor} than the lake has of them: {count:,}, the first {first}; the newest one goes on counting"
    ]


def _told(report: TableLoad, what: str, digest: str) -> TableLoad:
    return replace(report, digests=report.digests | {what: digest})


def _withdrawn(report: TableLoad, work: TableWork, rows: int) -> TableLoad:
    """With the rows that leave the lake for quarantine."""
    sums = dict(report.money_sums)
    for name, amount in withdrawn_sums(work).items():
        quarantined = Decimal(sums[name]["quarantined"]) + Decimal(amount)
        sums[name] = sums[name] | {"withdrawn": amount, "quarantined": str(quarantined)}
    return replace(
        _told(report, "withdrawn", digest_of(work.engine, "withdrawn", _ROW)),
        money_sums=sums,
        rows_quarantined=report.rows_quarantined + rows,
        rows_withdrawn=rows,
        cursor_to=max(filter(None, (report.cursor_to, newest_kept(work))), default=None),
    )


def _superseded(report: TableLoad, work: TableWork, *, is_judged: bool, is_all: bool, has_keys: bool) -> TableLoad:
    """With the rows in quarantine that the source no longer says, and how many are open now."""
    held = report.quarantine_path
    if held is None and not any(part.quarantine_path for part in work.before):
        return replace(report, rows_open=0)
    rows = quarantine_sql(work.settings, work.loads, work.table.name, also_held=held)
    superseded = find_superseded(work, rows, is_judged=is_judged, is_all=is_all, has_keys=has_keys)
    if superseded:
        states = write_states(work, "superseded")
        rows = quarantine_sql(work.settings, work.loads, work.table.name, also_held=held, also_states=states.path)
        report = replace(report, states_path=states.path, states_sha256=states.sha256, rows_superseded=superseded)
        report = _told(report, "superseded", digest_of(work.engine, "superseded", _ROW))
    return replace(report, rows_open=open_rows(work.engine, rows))


def _in_lake(report: TableLoad, arrival: Arrival, read: SourceTable, landed: Landed, *, is_judged: bool) -> TableLoad:
    """With the file of new rows and of tombstones of a table whose rows change."""
    work = arrival.work
    marked = landed.gone if work.table.kind == "mutable" else 0
    if not report.rows_new and not marked:
        return report
    path = f"{work.table.name}/{work.load_seq:08d}.parquet"
    if not (is_judged or marked or read.tells_unreadable):
        file = keep(work.settings, landed.file, path)
    else:
        rows = f"select {work.columns}, _load_seq, _row_hash from arrived"
        if is_judged:
            rows += " join judged using (_position) where disposition = 'new'"
        query = f"select * from ({rows} order by _position)"
        if marked:
            query += f" union all select * from ({tombstones_sql(work, arrival.started_at)})"
        file = work.write(path, query)
    return replace(report, path=file.path, sha256=file.sha256, bytes=file.bytes)


def _gone(report: TableLoad, arrival: Arrival) -> TableLoad:
    """With the keys of an append table that the source no longer has, and their sums of money."""
    work, sums = arrival.work, dict(report.money_sums)
    for name, amount in gone_sums(work).items():
        sums[name] = sums[name] | {"gone": amount}
    file = work.write(f"{work.table.name}/{work.load_seq:08d}.gone.parquet", tombstones_sql(work, arrival.started_at))
    return replace(report, money_sums=sums, gone_path=file.path, gone_sha256=file.sha256)
