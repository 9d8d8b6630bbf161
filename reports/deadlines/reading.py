"""Reads the calendar of a home: every deadline of the regimes asked for, in order, with gaps and notes for the reader."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from glassbook.clock import now as clock_now
from glassbook.profile import Profile, load_profile
from glassbook.settings import Settings
from glassbook.snapshots import Snapshot, connect, current_snapshot, has_snapshot
from reports.deadlines.deadline import STATES, Deadline, DeadlineState
from reports.deadlines.disclosures import disclosure_deadlines
from reports.deadlines.filings import filing_deadlines, year_end_deadlines
from reports.deadlines.rules import Rules
from reports.filing.declare.obligations import RiskEvent, obligations, read_risk_events
from reports.filing.declare.period import periods
from reports.filing.declare.regime import Regime, enabled_regimes, load_regime
from reports.filing.life.owed import owed_since, progress_by_period
from reports.filing.life.states import filings

DAYS_AHEAD = 60
# A close runs daily; a risk event is due within 48 hours.
OLDEST_RISK_EVENTS = timedelta(days=1)


@dataclass(frozen=True)
class Calendar:
    """Deadlines in order of their due instants, with their states at `now` (UTC).

    `gaps` say, by kind, what is not known, so that something may be late without being listed; `notes` are for the reader.
    """

    now: datetime
    until: date
    timezone: str
    platform_name: str
    soon_days: int
    deadlines: tuple[Deadline, ...]
    gaps: Mapping[str, str]
    notes: tuple[str, ...]

    def of(self, *states: DeadlineState) -> list[Deadline]:
        """The deadlines in any of these states."""
        return [deadline for deadline in self.deadlines if deadline.state(self.now) in states]

    def counts(self) -> dict[DeadlineState, int]:
        """Number of deadlines in each state."""
        return {state: len(self.of(state)) for state in STATES}


def read_calendar(settings: Settings, regime: str | None = None, until: date | None = None) -> Calendar:
    """The calendar of one regime or of all, with what is due by `until` (default: 60 days from now).

    Raises InputError for an unknown regime or a profile that cannot be read, ChainBroken for a log that is not as it was written.
    """
    instant = clock_now(settings)
    today = instant.astimezone(ZoneInfo(settings.timezone)).date()
    horizon = today + timedelta(days=DAYS_AHEAD) if until is None else until
    regimes = enabled_regimes(settings) if regime is None else [load_regime(regime)]
    profile = load_profile(settings.profile_file) if settings.profile_file.exists() else None
    snapshot = current_snapshot(settings) if has_snapshot(settings) else None
    filed = filings(settings)
    events = _risk_events(snapshot)
    found: list[Deadline] = []
    notes: list[str] = []
    gaps = _gaps(settings, regimes, profile, snapshot, instant)
    for declared in regimes:
        progress = progress_by_period(filing for filing in filed if filing.regime == declared.name)
        existed = _existed_since(declared, profile)
        since = owed_since(settings, declared, progress)
        first_on = since or existed or _last_ended(declared, today)
        rules = Rules(declared, first_on, horizon, settings.timezone, settings.country, settings.due_soon_working_days)
        of_filings = filing_deadlines(rules, progress)
        arisen = obligations(declared, profile, events, until=horizon, timezone=settings.timezone, country=settings.country)
        found += of_filings + year_end_deadlines(rules, progress) + disclosure_deadlines(rules, arisen)
        if since is None:
            notes += _note_on_many(of_filings, instant)
        elif settings.filings_since is None and existed is not None:
            gaps |= _gap_before(declared, existed, since)
    if any(deadline.is_provisional for deadline in found):
        notes.append("days marked ~ may move: holidays and worked weekends of their year are not published yet, or not known to `holidays`")
    ordered = sorted(found, key=lambda d: (d.due_before, d.regime, d.code))
    return Calendar(
        now=instant,
        until=horizon,
        timezone=settings.timezone,
        platform_name=settings.platform_name,
        soon_days=settings.due_soon_working_days,
        deadlines=tuple(ordered),
        gaps=gaps,
        notes=tuple(notes),
    )


def _existed_since(regime: Regime, profile: Profile | None) -> date | None:
    """First day on which the rule was in force and the platform existed; None while the profile is not known."""
    if profile is None:
        return None
    established_on = profile.registration[0].established_on
    return established_on if regime.due.since is None else max(regime.due.since, established_on)


def _last_ended(regime: Regime, today: date) -> date:
    """First day of the last period that has ended: where to begin while nothing says since when filings are owed."""
    return periods(regime.frequency, date(today.year - 2, 1, 1), today)[-1].first_on


def _risk_events(snapshot: Snapshot | None) -> list[RiskEvent]:
    if snapshot is None:
        return []
    with connect(snapshot.database) as connection:
        return read_risk_events(connection)


def _gaps(
    settings: Settings, regimes: list[Regime], profile: Profile | None, snapshot: Snapshot | None, instant: datetime
) -> dict[str, str]:
    """What the regimes ask for and nobody supplied."""
    gaps: dict[str, str] = {}
    duties = [regime.obligations for regime in regimes]
    if profile is None and any(duty.profile_change or duty.annual_report for duty in duties):
        gaps["profile"] = f"no profile at {settings.profile_file}: its changes and yearly reports are not known (`glassbook profile init`)"
    if any(duty.risk_event for duty in duties):
        if snapshot is None:
            gaps["risk_events"] = "no snapshot: risk events are not known (`glassbook ingest` and `glassbook build`)"
        elif instant - snapshot.known_at > OLDEST_RISK_EVENTS:
            gaps["risk_events"] = f"risk events as loaded by {snapshot.known_at.isoformat()}: load and build to know later ones"
    return gaps


_SET_SINCE = "where they were filed without Glassbook, set `filings_since` to the first day of the first period that is filed with it"


def _note_on_many(deadlines: list[Deadline], instant: datetime) -> list[str]:
    """While no filing was opened: filings may be owed since another day than that of rule and platform."""
    late = [deadline for deadline in deadlines if deadline.state(instant) == "late"]
    if len(late) < 2:
        return []
    return [f"{len(late)} periods from {late[0].subject} to {late[-1].subject} were never opened: {_SET_SINCE}"]


def _gap_before(regime: Regime, existed: date, since: date) -> dict[str, str]:
    """Periods before the first that was opened: nothing says whether they were filed."""
    earlier = periods(regime.frequency, existed, since)
    if not earlier:
        return {}
    which = f"period {earlier[0].name}" if len(earlier) == 1 else f"{len(earlier)} periods from {earlier[0].name} to {earlier[-1].name}"
    return {f"filings_{regime.name}": f"{regime.name}, {which}, before the first that was opened: {_SET_SINCE}"}
