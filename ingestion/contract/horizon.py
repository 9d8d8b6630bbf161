"""The last day on which something can have happened: the business day of a load, in the platform's time zone.

Belongs here: that day, its bounds, and the refusal of a source with many rows after it. Does not: what becomes of a single row after it
(`form_rules`, `withdrawing`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import duckdb

from glassbook.errors import InputError
from glassbook.lake.loads import Load
from glassbook.settings import Settings
from glassbook.sql_text import quoted
from ingestion.contract import Column, Table

# Planned days do not show how far the business has come.
PLANNED = frozenset({"targets"})
# A few instants may be wrong. If many rows lie ahead, the cause is rather the clock, the time zone, or a day that stands for "never".
MANY_ROWS, LARGE_SHARE = 100, 10


@dataclass(frozen=True)
class Horizon:
    """The business day of a load; `end_at` is the first instant after it, in UTC without zone."""

    day: date
    end_at: datetime

    def end_of(self, column: Column) -> date | datetime:
        """The first day or instant after it, as the column's type has them."""
        return self.day + timedelta(days=1) if column.type == "date" else self.end_at

    def is_ahead(self, column: Column, value: str) -> str:
        """A condition on an expression of the column's type: it lies after the day."""
        return f"{value} >= {quoted(str(self.end_of(column)))}"


def horizon_of(settings: Settings, instant: datetime) -> Horizon:
    """The business day of an aware instant, up to its end: a clock that is wrong by minutes makes no row wrong."""
    zone = ZoneInfo(settings.timezone)
    day = _day(zone, instant)
    end = datetime.combine(day + timedelta(days=1), time(0), zone)
    return Horizon(day, end.astimezone(UTC).replace(tzinfo=None))


def own_day(settings: Settings, load: Load) -> date:
    """The business day of an entry of the load log: the day on which its reading began."""
    return _day(ZoneInfo(settings.timezone), load.started_at or load.loaded_at)


def _day(zone: ZoneInfo, instant: datetime) -> date:
    return instant.astimezone(zone).date()


def require_few_ahead(engine: duckdb.DuckDBPyConnection, table: Table, horizon: Horizon, reason: str, total: int) -> None:
    """Raises InputError when more than a stated share of the `total` rows of `arrived` break the rule `reason` of the engine's table
    `violations`."""
    rows = engine.execute(
        f"select split_part(violation, ':', 2), count(*) from violations where violation like {quoted(reason + ':%')} "
        f"group by all order by 2 desc, 1"
    ).fetchall()
    ahead = sum(count for _, count in rows)
    if ahead <= MANY_ROWS or ahead * 100 <= total * LARGE_SHARE:
        return
    raise InputError(
        found=f"{ahead:,} of {total:,} rows of {table.name} with an instant after {horizon.day}, most of them in {rows[0][0]}",
        where="what the contract says has happened",
        expected=f"none after the day of the load, in all but {LARGE_SHARE} % of the rows, which go to quarantine",
        remedy="Set this machine's clock and the setting `timezone`, say the source's zone in the mapping (`timezone`), or map a day that "
        'stands for "never" to null (`sql: nullif(…)`).',
    )


def latest_business_date(settings: Settings, loads: list[Load]) -> date | None:
    """Business date of the newest row in any load, or the day up to which a source is complete if that is later; None without either.

    It is never after the day of the load itself. A load that withdrew rows to quarantine records again how far its table reaches.
    """
    restated = {name: i for i, load in enumerate(loads) for name, table in load.tables.items() if table.withdrawn_path}
    days, zone = [], ZoneInfo(settings.timezone)
    for i, load in enumerate(loads):
        read_on = own_day(settings, load)
        if load.complete_until:
            days.append(min(load.complete_until, read_on))
        for name, table in load.tables.items():
            if not table.cursor_to or name in PLANNED:
                continue
            reached = _day(zone, datetime.fromisoformat(table.cursor_to + "+00:00"))
            if reached <= read_on or i >= restated.get(name, 0):
                days.append(min(reached, read_on))
    return max(days, default=None)
