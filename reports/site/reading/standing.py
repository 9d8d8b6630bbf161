"""The public view of the home's status at publication: what waits, what failed, what is due.

Belongs here: collecting it. Does not: the words of a remark (reports/standing.py), or deadlines of what is not disclosed here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from glassbook.calendar import month_before
from glassbook.clock import now as clock_now
from glassbook.errors import GlassbookError
from glassbook.settings import Settings
from glassbook.snapshots import Snapshot
from reports.deadlines.deadline import Deadline
from reports.deadlines.filings import filing_deadlines
from reports.deadlines.reading import DAYS_AHEAD
from reports.deadlines.rules import Rules
from reports.filing.declare.regime import Regime
from reports.filing.life.owed import owed_since, progress_by_period
from reports.filing.life.states import filings
from reports.standing import Remark, of_snapshot

FRESH_DAYS = 2
"""Data that ends on the day before yesterday, or later, is fresh: the close of a day runs on the next day."""


@dataclass(frozen=True)
class Standing:
    """`remarks` are what a reader of figures must know; `next_due` is the next filing to disclose, `late` are the overdue ones.

    `data_days` are the days from the last day with data to that of publication; None without data.
    """

    published_on: date
    data_days: int | None
    remarks: tuple[Remark, ...]
    next_due: Deadline | None
    late: tuple[Deadline, ...]

    @property
    def is_fresh(self) -> bool:
        """Whether the figures cover all data: nothing waits, no build failed, and the data is as new as a daily close makes it."""
        return not self.remarks and self.data_days is not None and self.data_days <= FRESH_DAYS


def read_standing(settings: Settings, snapshot: Snapshot, regime: Regime) -> Standing:
    """As of the clock's now."""
    instant = clock_now(settings)
    today = instant.astimezone(ZoneInfo(snapshot.manifest["timezone"])).date()
    as_of = snapshot.as_of
    remarks = tuple(of_snapshot(settings, snapshot))
    due, late = _deadlines(settings, regime, instant, today)
    return Standing(today, None if as_of is None else (today - as_of).days, remarks, due, late)


def _deadlines(settings: Settings, regime: Regime, instant: datetime, today: date) -> tuple[Deadline | None, tuple[Deadline, ...]]:
    try:
        progress = progress_by_period(filing for filing in filings(settings) if filing.regime == regime.name)
    except GlassbookError:
        return None, ()  # the list of filings reports that the log cannot be read
    since = owed_since(settings, regime, progress)
    first_on = since or month_before(today)
    rules = Rules(
        regime,
        first_on.replace(day=1),
        today + timedelta(days=DAYS_AHEAD),
        settings.timezone,
        settings.country,
        settings.due_soon_working_days,
    )
    open_ones = [deadline for deadline in filing_deadlines(rules, progress) if deadline.done_at is None]
    late = () if since is None else tuple(deadline for deadline in open_ones if deadline.state(instant) == "late")
    return next((deadline for deadline in open_ones if deadline.due_before > instant), None), late
