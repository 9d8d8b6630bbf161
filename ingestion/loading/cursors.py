"""How far earlier loads read each table, so from which instant on it is read now; and detecting a source that went back in time.

Belongs here: cursors in the load log. Does not: how a table is read from a cursor on (`sources`), the platform's latest day
(`horizon`).
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from glassbook.errors import CheckFailed
from glassbook.lake.loads import Load, TableLoad, source_loads
from glassbook.settings import Settings
from glassbook.sql_text import quoted
from ingestion.contract import Table, load_contract
from ingestion.contract.form_rules import INSTANT_AHEAD
from ingestion.loading.held_rows import quarantine_sql
from ingestion.loading.table_work import TableWork


def since(settings: Settings, source: str, table: Table, signature: str | None, loads: list[Load]) -> datetime | None:
    """The instant (UTC, without zone) from which on rows of a table are read; None means all rows.

    The cursor is the newest instant that the last load of the table saw, but never later than the start of that load: a row dated in the
    future must not hide later rows. The overlap includes rows that were committed late. Loads of another source do not count.
    """
    loads = source_loads(loads)
    supplied = [(load, load.tables[table.name]) for load in loads if table.name in load.tables and load.tables[table.name].is_supplied]
    if not supplied or loads[-1].contract_version != load_contract().version:
        return None
    if supplied[-1][0].source != source or supplied[-1][1].mapping_signature != signature:
        return None
    seen = [(load, held) for load, held in supplied if held.cursor_to]
    if not seen:
        return None
    return _reached(*seen[-1]) - timedelta(hours=settings.overlap_hours)


def _reached(load: Load, held: TableLoad) -> datetime:
    """The instant (UTC, without zone) up to which a load saw a table that has a cursor; rows dated in the future do not count."""
    began_at = (load.started_at or load.loaded_at).astimezone(UTC).replace(tzinfo=None)
    return min(datetime.fromisoformat(held.cursor_to or ""), began_at)


def require_forward(source: str, written: dict[str, TableLoad], loads: list[Load]) -> None:
    """Raises CheckFailed when the newest row of the whole source is older than a known one: the source was restored to an earlier day."""
    before: dict[str, datetime] = {}
    # A table with withdrawn rows is left out: its newest row may have been one of them.
    restated = {name for name, table in written.items() if table.rows_withdrawn}
    for load in loads:
        if load.source == source:
            before |= {name: _reached(load, held) for name, held in load.tables.items() if held.cursor_to and name not in restated}
    known = max(before.values(), default=None)
    newest = max((datetime.fromisoformat(table.cursor_to) for table in written.values() if table.cursor_to), default=None)
    if known is None or (newest is not None and newest >= known):
        return
    raise CheckFailed(
        f"{source} has gone back: its newest row is of {newest or 'no instant within the overlap'}, and one of {known} is known "
        f"(UTC). Nothing was loaded.\n"
        f"  The wrong database, or a copy that lags behind: name the right one.\n"
        f"  Restored to an earlier day: `glassbook ingest … --restored` compares every row and key; what it lost becomes a "
        f"tombstone, and what was known before can still be asked for with --known-at."
    )


def has_come_due(work: TableWork) -> bool:
    """Whether a row waits in quarantine because it was dated ahead, and its day has come: it must be read again, whatever its cursor."""
    if not any(part.quarantine_path for part in work.before):
        return False
    ahead = []
    for column in work.table.happened_columns:
        value = f"try_cast(json_extract_string(row_json, '$.{column.name}') as {column.duckdb_type})"
        ahead.append(f"coalesce({work.horizon.is_ahead(column, value)}, false)")
    query = (
        f"select 1 from {quarantine_sql(work.settings, work.loads, work.table.name)} where reason_code = {quoted(INSTANT_AHEAD.reason)} "
        f"and state_code = 'open' and not ({' or '.join(ahead)}) limit 1"
    )
    return work.engine.execute(query).fetchone() is not None
