"""Which filings of a regime are owed by when, and the progress of each: one rule for the calendar and for the edits.

Belongs here: since when filings are owed, and what counts as filed, by the log of filings. Does not: who must act next
(reports.deadlines), or what a late filing means for another (the edits, in dbt).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

from glassbook.settings import Settings
from reports.filing.declare.period import Period, due_on, parse_period, periods
from reports.filing.declare.regime import Regime
from reports.filing.life.log import LogEntry
from reports.filing.life.states import ACKNOWLEDGED, SUBMITTED, Filing, filings


@dataclass(frozen=True)
class Progress:
    """The progress of a period's filing: `newest` is its newest version, `filed_by` the version by which the period is filed.

    `filed_by` is the first version that was submitted and not refused: the recipient accepted it or has not answered.
    """

    newest: Filing
    filed_by: Filing | None

    @property
    def submission(self) -> LogEntry | None:
        """The submission by which the period is filed; an answer of the recipient or another version does not change it."""
        return None if self.filed_by is None else self.filed_by.submitted or self.filed_by.entries[-1]

    @property
    def filed_at(self) -> datetime | None:
        """Instant (UTC) at which the period was filed."""
        return None if self.submission is None else datetime.fromisoformat(self.submission.at).astimezone(UTC)

    def known(self) -> dict[str, object]:
        """What another filing records of this one, enough to check again whether it was filed: regime, period, version, state, seal, at."""
        entry = self.submission or self.newest.entries[-1]
        return {name: getattr(entry, name) for name in ("regime", "period", "version", "state", "seal", "at")}


@dataclass(frozen=True)
class OwedFiling:
    """A period to be filed; `due_on` is the last business date in time, `progress` is None if it was never opened."""

    period: Period
    due_on: date
    progress: Progress | None


def progress_by_period(filed: Iterable[Filing]) -> dict[str, Progress]:
    """The progress of each period, by its name, given every version of the filings of one regime."""
    by_period: dict[str, list[Filing]] = {}
    for filing in filed:
        by_period.setdefault(filing.period, []).append(filing)
    found = {}
    for period, versions in by_period.items():
        # For a superseded version, its own last entry says whether it was refused before.
        standing = (version for version in versions if version.entries[-1].state in (SUBMITTED, ACKNOWLEDGED))
        found[period] = Progress(versions[-1], next(standing, None))
    return found


def owed_since(settings: Settings, regime: Regime, opened: Iterable[str]) -> date | None:
    """First day from which periods are owed: the setting `filings_since`, else the first day of the first period in `opened` (names).

    Before that the platform filed without Glassbook. None when neither exists; never a day before the regime's rule was in force.
    """
    first_days = [parse_period(name, regime.frequency).first_on for name in opened]
    since = settings.filings_since or min(first_days, default=None)
    return None if since is None else max(since, regime.due.since or since)


def owed_filings(regime: Regime, since: date, until: date, country: str, progress: Mapping[str, Progress]) -> list[OwedFiling]:
    """The filings of every period that ends on `since` or later and is due by `until`, in order."""
    owed = [
        OwedFiling(period, due_on(regime, period, country), progress.get(period.name)) for period in periods(regime.frequency, since, until)
    ]
    return [filing for filing in owed if filing.due_on <= until]


def owed_by_end_of(settings: Settings, regime: Regime, period: Period) -> list[OwedFiling]:
    """The filings that were due by the last day of a period in preparation, with their progress by now. Raises ChainBroken."""
    progress = progress_by_period(filing for filing in filings(settings) if filing.regime == regime.name)
    since = owed_since(settings, regime, {*progress, period.name})
    assert since is not None  # the period itself is opened
    return owed_filings(regime, since, period.last_on, settings.country, progress)


def known_filings(owed: Iterable[OwedFiling]) -> list[dict[str, object]]:
    """What a filing records of those owed before it, without those never opened."""
    return [filing.progress.known() for filing in owed if filing.progress is not None]
