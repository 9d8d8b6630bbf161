"""What edits read that no load brings: changes of the platform profile, handed to the edits of a filing under preparation.

Belongs here: putting them in the place of the snapshot's control table for one connection. Does not: the rule (dbt), or which duties arise
(obligations).
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from glassbook.profile import Profile
from glassbook.settings import Settings
from reports.engine.obligations import obligations
from reports.engine.regime import Regime

if TYPE_CHECKING:
    import duckdb

TABLE = "ctl_obligations"


def hand_in_profile(
    connection: duckdb.DuckDBPyConnection, settings: Settings, regime: Regime, profile: Profile | None, until: date
) -> None:
    """Lets the edits run on `connection` know the changes of the profile that arose up to and with `until`.

    A temporary table stands before the snapshot's own of the same name, whose rows it keeps; the snapshot is not written to. A snapshot
    without that table belongs to a regime whose edits do not ask for it.
    """
    there = connection.execute("select 1 from duckdb_tables() where table_name = ? and not temporary", [TABLE]).fetchone()
    if profile is None or there is None:
        return
    arisen = obligations(regime, profile, (), until=until, timezone=settings.timezone, country=settings.country)
    rows = [
        (regime.name, duty.obligation_kind, duty.code.removeprefix("profile:"), duty.due_on, duty.disclosed_on)
        for duty in arisen
        if duty.obligation_kind == "profile_change"
    ]
    connection.execute(f"create or replace temp table {TABLE} as select * from main.{TABLE}")
    if rows:
        connection.executemany(f"insert into {TABLE} values (?, ?, ?, ?, ?)", rows)
