"""What a platform must disclose besides its filings: changes of the profile, major risk events, yearly reports.

Each has since when, by when, and when it was disclosed.

Belongs here: the obligations as data. Does not: who is reminded of them, and when (the calendar), or how they are shown.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Literal, NamedTuple
from zoneinfo import ZoneInfo

from glassbook.profile import Profile, changes
from reports.filing.declare.regime import Regime

if TYPE_CHECKING:
    import duckdb

ObligationKind = Literal["profile_change", "risk_event", "annual_report"]
ObligationState = Literal["disclosed", "disclosed_late", "open", "overdue"]


@dataclass(frozen=True)
class RiskEvent:
    """A major risk event as the platform recorded it; instants are aware, UTC."""

    risk_event_id: int
    event_kind: str
    occurred_at: datetime
    disclosed_at: datetime | None
    description: str


@dataclass(frozen=True)
class Obligation:
    """One thing to disclose. `code` is stable; instants are aware, UTC.

    `due_before` is the first instant that is too late: for a day the midnight that ends it in the platform's zone. When only the day of
    disclosure is known, `disclosed_at` is the beginning of that day, and any moment of the due day is in time.
    """

    obligation_kind: ObligationKind
    code: str
    what: str
    """What it is about: section and key of the profile, kind of event, or section and year of a report."""
    note: str | None
    since_at: datetime
    since_on: date
    due_before: datetime
    due_on: date
    disclosed_at: datetime | None
    disclosed_on: date | None
    basis: str

    def state(self, now: datetime) -> ObligationState:
        """Its state at the instant `now` (aware)."""
        if self.disclosed_at is not None and self.disclosed_at <= now:
            return "disclosed" if self.disclosed_at < self.due_before else "disclosed_late"
        return "open" if now < self.due_before else "overdue"


def obligations(
    regime: Regime, profile: Profile | None, risk_events: Iterable[RiskEvent], *, until: date, timezone: str, country: str
) -> list[Obligation]:
    """Every obligation of a regime that arose on or before the business date `until`, in order of due instant."""
    zone = ZoneInfo(timezone)
    found = []
    if profile is not None:
        found += _profile_changes(regime, profile, until, zone, country)
        found += _annual_reports(regime, profile, until, zone)
    found += _risk_events(regime, risk_events, until, zone)
    return sorted(found, key=lambda o: (o.due_before, o.code))


def read_risk_events(connection: duckdb.DuckDBPyConnection) -> list[RiskEvent]:
    """The major risk events of a snapshot, without those that the platform deleted; none when it does not supply them."""
    there = connection.execute("select 1 from duckdb_tables() where table_name = 'stg_risk_events'").fetchone()
    there = there or connection.execute("select 1 from duckdb_views() where view_name = 'stg_risk_events'").fetchone()
    if there is None:
        return []
    rows = connection.execute(
        "select risk_event_id, event_kind, occurred_at, disclosed_at, description from stg_risk_events "
        "where deleted_at is null order by occurred_at, risk_event_id"
    ).fetchall()
    return [RiskEvent(number, kind, _aware(at), None if told is None else _aware(told), text) for number, kind, at, told, text in rows]


def _aware(instant: datetime) -> datetime:
    return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)


def _profile_changes(regime: Regime, profile: Profile, until: date, zone: ZoneInfo, country: str) -> list[Obligation]:
    from glassbook.calendar import add_working_days  # the holiday tables take a moment to load

    wanted = regime.obligations.profile_change
    if wanted is None:
        return []
    return [
        _of_days(
            *("profile_change", f"profile:{c.what}:{c.changed_on}:{c.change_kind}", f"{c.what} {c.change_kind}", c.note),
            _Days(c.changed_on, add_working_days(c.changed_on, wanted.working_days, country), c.disclosed_on),
            wanted.basis,
            zone,
        )
        for c in changes(profile, until)
    ]


def _annual_reports(regime: Regime, profile: Profile, until: date, zone: ZoneInfo) -> list[Obligation]:
    wanted = regime.obligations.annual_report
    if wanted is None:
        return []
    first_year = profile.registration[0].established_on.year
    found = []
    for section in wanted.sections:
        reports = {report.year: report for report in getattr(profile, section)}
        for year in range(first_year, until.year):
            report = reports.get(year)
            found.append(
                _of_days(
                    *("annual_report", f"report:{section}:{year}", f"{section} {year}", None),
                    _Days(
                        since=date(year + 1, 1, 1),
                        due=date(year + 1, wanted.month, wanted.day),
                        disclosed=None if report is None else report.disclosed_on,
                    ),
                    wanted.basis,
                    zone,
                )
            )
    return found


def _risk_events(regime: Regime, events: Iterable[RiskEvent], until: date, zone: ZoneInfo) -> list[Obligation]:
    wanted = regime.obligations.risk_event
    if wanted is None:
        return []
    found = []
    for event in events:
        since_on = event.occurred_at.astimezone(zone).date()
        if since_on > until:
            continue
        due = event.occurred_at + timedelta(hours=wanted.hours)
        told = event.disclosed_at
        found.append(
            Obligation(
                obligation_kind="risk_event",
                code=f"risk:{event.risk_event_id}",
                what=event.event_kind,
                note=event.description,
                since_at=event.occurred_at,
                since_on=since_on,
                # Disclosure after exactly the hours allowed is in time.
                due_before=due + timedelta(microseconds=1),
                due_on=due.astimezone(zone).date(),
                disclosed_at=told,
                disclosed_on=None if told is None else told.astimezone(zone).date(),
                basis=wanted.basis,
            )
        )
    return found


class _Days(NamedTuple):
    """Business dates of an obligation: since when, the last day in time, and when it was done."""

    since: date
    due: date
    disclosed: date | None


def _of_days(
    kind: ObligationKind,
    code: str,
    what: str,
    note: str | None,
    days: _Days,
    basis: str,
    zone: ZoneInfo,
) -> Obligation:
    since, due, disclosed = days
    return Obligation(
        obligation_kind=kind,
        code=code,
        what=what,
        note=note,
        since_at=_begins(since, zone),
        since_on=since,
        due_before=_begins(due + timedelta(days=1), zone),
        due_on=due,
        disclosed_at=None if disclosed is None else _begins(disclosed, zone),
        disclosed_on=disclosed,
        basis=basis,
    )


def _begins(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)
