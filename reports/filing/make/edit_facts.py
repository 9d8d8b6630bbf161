"""Facts for edits that no load brings: filings that were due, and changes of the platform profile, as known when a filing is made.

Belongs here: putting them in place of the snapshot's control table, for one connection. Does not: the rule (dbt), or which duties arise
(life.owed, declare.obligations).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    import duckdb

    from glassbook.profile import Profile
    from glassbook.settings import Settings
    from reports.filing.declare.period import Period
    from reports.filing.declare.regime import Regime
    from reports.filing.life.owed import OwedFiling

OBLIGATIONS = "ctl_obligations"


def hand_in_facts(
    connection: duckdb.DuckDBPyConnection,
    settings: Settings,
    regime: Regime,
    profile: Profile | None,
    owed: Iterable[OwedFiling],
    period: Period,
) -> None:
    """Gives the edits on `connection` the filings `owed` and the changes of the profile that arose by the end of `period`.

    A temporary table shadows the snapshot's table of the same name, which is empty: a snapshot comes from loads and settings alone. When a
    snapshot lacks that table, no edit of the regime needs it.
    """
    from reports.filing.declare.obligations import obligations

    there = connection.execute("select 1 from duckdb_tables() where table_name = ? and not temporary", [OBLIGATIONS]).fetchone()
    if there is None:
        return
    zone = ZoneInfo(settings.timezone)
    rows: list[tuple[object, ...]] = []
    for filing in owed:
        progress = filing.progress
        filed_at = None if progress is None else progress.filed_at
        filed_on = None if filed_at is None else filed_at.astimezone(zone).date()
        state = None if progress is None else progress.newest.entries[-1].state
        rows.append((regime.name, "filing", filing.period.name, filing.due_on, filed_on, state))
    arisen = obligations(regime, profile, (), until=period.last_on, timezone=settings.timezone, country=settings.country)
    rows += [
        (regime.name, duty.obligation_kind, duty.code.removeprefix("profile:"), duty.due_on, duty.disclosed_on, None)
        for duty in arisen
        if duty.obligation_kind == "profile_change"
    ]
    connection.execute(f"create or replace temp table {OBLIGATIONS} as from main.{OBLIGATIONS} limit 0")
    if rows:
        connection.executemany(f"insert into {OBLIGATIONS} values (?, ?, ?, ?, ?, ?)", rows)
