"""One load: every table of a source judged row by row, written once and made visible by one entry of the load log.

Belongs here: the order of the steps and what makes a load visible or refused. Does not: how a source is read (`sources`), how one table is
loaded (`table_loading`), judging rows (`judging`).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import Literal

from glassbook.clock import now
from glassbook.faults import checkpoint
from glassbook.lake.comparison import require_whole
from glassbook.lake.loads import Load, TableLoad, files_of, next_loaded_at, source_loads, visible_loads, write_entry
from glassbook.lake.log import require_known
from glassbook.settings import Settings
from ingestion.contract import load_contract
from ingestion.contract.form_rules import RULES_VERSION
from ingestion.contract.horizon import horizon_of, latest_business_date
from ingestion.loading.arrival import Arrival, Extent
from ingestion.loading.compaction import compact_after_load
from ingestion.loading.completeness import complete_until
from ingestion.loading.content_hash import HASH_VERSION
from ingestion.loading.cursors import has_come_due, require_forward, since
from ingestion.loading.drift import lacked_columns, newly_supplied
from ingestion.loading.lake_writer import begin, clean, engine_of, full_disk_named, only_writer, swept_on_failure
from ingestion.loading.null_words import null_words_of
from ingestion.loading.quiet_loads import QuietLoad, write_quiet
from ingestion.loading.table_loading import load_table
from ingestion.loading.table_work import TableWork
from ingestion.loading.vanished import compare_keys, require_few
from ingestion.loading.withdrawing import is_looked_through, withdraw, without_withdrawn
from ingestion.mapping import Mapping
from ingestion.sources.opening import open_source
from ingestion.sources.rights import surplus_rights
from ingestion.sources.table import Request, Source, UnreadableValue, nothing_read

Scope = Literal["new", "all", "reconcile"]
"""What a load reads: `new` rows from each table's cursor on, `all` rows, or (`reconcile`) new rows and every key, to find deleted rows."""


@dataclass(frozen=True)
class LoadPlan:
    """Options of a load.

    `is_restored`: the source was restored to an earlier day, so all rows and keys are compared, and its newest instant may be older than a
    known one. `allow_gone`: tables that may have lost any number of rows. `complete_until`: the last complete day, as a day or `now`; empty
    if the mapping or the newest row decides.
    """

    mapping: Mapping | None = None
    scope: Scope = "new"
    is_restored: bool = False
    allow_gone: frozenset[str] = field(default_factory=frozenset)
    complete_until: str = ""


@dataclass(frozen=True)
class Reading:
    """What one reading of a source found (`found`), and the newest load of that source now (`load`).

    They are the same when something was new. Otherwise `found` is not in the log; its number is the one it would have had. `set_aside`:
    files that no entry claims and that were in the way, by their new paths below the lake.
    """

    load: Load
    found: Load
    set_aside: list[str] = field(default_factory=list)

    @property
    def is_new(self) -> bool:
        """Whether the reading became a load."""
        return self.load is self.found

    @property
    def rows_compared(self) -> int:
        """Rows that were read and compared with the lake, all tables together."""
        return sum(table.rows_read for table in self.found.tables.values())


def ingest(settings: Settings, address: str | Path, plan: LoadPlan | None = None) -> Load:
    """The newest load after `read_source`: the one that it made or, when nothing had changed, the one before."""
    return read_source(settings, address, plan).load


def read_source(settings: Settings, address: str | Path, plan: LoadPlan | None = None) -> Reading:
    """Loads a folder of files, or a database by its URL.

    A reading that finds nothing, and does not change the day up to which the source is complete, makes no load; it is recorded beside the
    log (`quiet_loads`). Raises InputError for a source that does not match contract or mapping, CheckFailed when rows or sums do not add
    up, or when the source went back in time or lost many rows; in each case nothing becomes visible.
    """
    plan = plan or LoadPlan()
    if plan.mapping is not None:
        plan.mapping.require_tables()
    with only_writer(settings), full_disk_named(settings):
        loads = visible_loads(settings)
        require_known(settings, [load.load_id for load in loads])
        load_seq = loads[-1].load_seq + 1 if loads else 1
        started_at = now(settings)
        set_aside = begin(settings, load_seq)
        found = _read_tables(settings, str(address), plan, loads, load_seq, started_at)
        known = _known_already(settings, loads, found)
        if known is not None:
            clean(settings, load_seq)
            reading = Reading(_told_anew(known, found), found, set_aside)
            quiet = QuietLoad(started_at, now(settings), found.source, plan.scope, known.load_seq, reading.rows_compared)
            write_quiet(settings, quiet)
            return reading
        checkpoint("before_load_log")
        write_entry(settings, found)
        checkpoint("after_load_log")
        compact_after_load(settings, [*loads, found])
        return Reading(found, found, set_aside)


def _read_tables(settings: Settings, address: str, plan: LoadPlan, loads: list[Load], load_seq: int, started_at: datetime) -> Load:
    """Reads every table of the contract into files of load `load_seq`; returns the entry that would make them visible."""
    written = {}
    with (
        swept_on_failure(settings, load_seq),
        open_source(address, plan.mapping, settings.source_encoding) as source,
        engine_of(settings) as engine,
    ):
        horizon = horizon_of(settings, started_at)
        until = complete_until(settings, source, plan.complete_until, plan.mapping, horizon)
        words = null_words_of(settings, plan.mapping)
        lacked = lacked_columns(loads)
        for table in load_contract().tables.values():
            work = TableWork(settings, engine, table, load_seq, loads, horizon)
            arrival = Arrival(work, started_at, words, source.name, lacked[table.name], plan.allow_gone)
            written[table.name] = _read_table(source, plan, arrival)
            checkpoint("after_table_written")
            checkpoint(f"after_table_written:{table.name}")
        if source.is_complete and not plan.is_restored:
            require_forward(source.name, written, loads)
        rights = surplus_rights(source)
    return Load(
        load_seq=load_seq,
        load_id=_load_id(written, until),
        loaded_at=next_loaded_at(loads, now(settings)),
        started_at=started_at,
        source=source.name,
        contract_version=load_contract().version,
        tables=written,
        hash_version=HASH_VERSION,
        ignored=source.ignored,
        rules_version=RULES_VERSION,
        complete_until=until,
        surplus_rights=rights,
    )


def _known_already(settings: Settings, loads: list[Load], found: Load) -> Load | None:
    """The newest load of a source if `found` adds nothing to it, otherwise None."""
    before = source_loads(loads)[-1:]
    # Once on record, a whole reading need not be repeated.
    lacked = lacked_columns(loads)
    is_whole_again = any(
        newly_supplied(name, table.missing_columns, lacked[name])
        for name, table in found.tables.items()
        if table.is_supplied and not table.is_windowed
    )
    has_changes = is_whole_again or found.rows_new or found.rows_quarantined or found.rows_gone or found.rows_superseded
    until = found.complete_until
    moves_day = until is not None and until > (latest_business_date(settings, loads) or date.min)
    return before[0] if before and not has_changes and not moves_day and _same_supply(found, before[0]) else None


def _read_table(source: Source, plan: LoadPlan, arrival: Arrival) -> TableLoad:
    work = arrival.work
    # A damaged hash would let a row in twice, and an old row out of quarantine.
    require_whole(work.settings, files_of(work.loads, [work.table.name]))
    if not is_looked_through(work.loads):
        withdrawn = withdraw(work)
        if withdrawn:
            work = without_withdrawn(work, withdrawn.path)
            arrival = replace(arrival, work=work, withdrawn=withdrawn)
    mapping = None
    if plan.mapping is not None:
        mapping = plan.mapping.of(work.table.name)
        if mapping is None:
            return _not_supplied(arrival)
    since_at = None
    if plan.scope != "all" and not plan.is_restored and not arrival.withdrawn:
        since_at = since(work.settings, source.name, work.table, mapping.signature if mapping else None, work.loads)
    if since_at and has_come_due(work):
        since_at = None
    request = Request(mapping, since_at, arrival.lacked if since_at else frozenset())
    compares_keys = source.is_complete and (plan.scope == "reconcile" or plan.is_restored)
    try:
        return _arrived(source, arrival, request, compares_keys=compares_keys)
    except UnreadableValue as first:
        # Read again, in the same transaction: reporting unreadable values costs time, and is seldom needed.
        return _arrived(source, arrival, replace(request, tells_unreadable=True), compares_keys=compares_keys, unreadable=first)


def _arrived(
    source: Source, arrival: Arrival, request: Request, *, compares_keys: bool, unreadable: UnreadableValue | None = None
) -> TableLoad:
    """What a load did to a table; `unreadable` is the first value that could not be read, if any."""
    work, compared = arrival.work, None
    if compares_keys:
        keys = source.open(work.engine, work.table, replace(request, since_at=None, keys_only=True))
        if keys is None:
            return _not_supplied(arrival)
        compared = compare_keys(work, keys, request.since_at)
        require_few(work.table, compared, arrival.allow_gone)
        if compared.overlooked:
            request = replace(request, since_at=None)
    read = source.open(work.engine, work.table, request)
    if read is None:
        return _not_supplied(arrival)
    signature = request.mapping.signature if request.mapping else None
    return load_table(arrival, read, Extent(signature, request.since_at, source.is_complete, compared, unreadable))


def _not_supplied(arrival: Arrival) -> TableLoad:
    """The log's record of a table that the source does not offer; if it offered the table before, that is drift."""
    name = arrival.work.table.name
    before = source_loads(arrival.work.loads)[-1:]
    was_supplied = any(load.tables[name].is_supplied for load in before if name in load.tables)
    drift = ["no longer supplied; what was loaded before stays"] if was_supplied else []
    if not arrival.withdrawn:
        return TableLoad(is_supplied=False, drift=drift)
    # Rows are withdrawn from the lake even if the source does not offer the table.
    left = load_table(arrival, nothing_read(), Extent())
    return replace(left, is_supplied=False, drift=drift, source_columns={}, is_windowed=False)


def _same_supply(load: Load, previous: Load) -> bool:
    def shape(entry: Load) -> dict[str, tuple[bool, str | None, dict[str, str]]]:
        return {name: (table.is_supplied, table.mapping_signature, table.source_columns) for name, table in entry.tables.items()}

    return shape(load) == shape(previous)


def _told_anew(before: Load, now_read: Load) -> Load:
    """The load before, with what this reading of the same rows says about files, words for null and rights, which the lake does not
    store."""
    tables = {
        name: replace(table, null_words=now_read.tables[name].null_words, null_words_read=now_read.tables[name].null_words_read)
        for name, table in before.tables.items()
        if name in now_read.tables
    }
    return replace(before, ignored=now_read.ignored, surplus_rights=now_read.surplus_rights, tables=before.tables | tables)


def _load_id(tables: dict[str, TableLoad], until: date | None) -> str:
    """Name of a load by its content, so that the same rows have the same name on every machine."""
    text = "\n".join(
        f"{name} {table.content} {table.rows_read} {table.rows_quarantined}"
        + (f" {table.rows_gone}" if table.rows_gone else "")
        + (f" superseded {table.rows_superseded}" if table.rows_superseded else "")
        + "".join(f" {what} {digest}" for what, digest in sorted(table.digests.items()))
        for name, table in sorted(tables.items())
    )
    text += f"\ncomplete until {until}" if until else ""
    return hashlib.sha256(text.encode()).hexdigest()[:16]
