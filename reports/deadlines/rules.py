"""What turns days into deadlines: a regime, the platform's time zone and working days, and the span of days looked at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from reports.deadlines.deadline import Deadline, DeadlineKind
from reports.filing.declare.duties import Role
from reports.filing.declare.regime import Regime


@dataclass(frozen=True)
class Rules:
    """A regime and the days looked at: periods that end on `first_on` or later, and what is due by `until`, both business dates."""

    regime: Regime
    first_on: date
    until: date
    timezone: str
    country: str
    soon_days: int
    """How many working days before the due day a deadline becomes due soon."""

    @cached_property
    def zone(self) -> ZoneInfo:
        """Zone of the business dates."""
        return ZoneInfo(self.timezone)

    def begins(self, day: date) -> datetime:
        """The instant (UTC) at which a business date begins."""
        return datetime.combine(day, time(), self.zone).astimezone(ZoneInfo("UTC"))

    def soon_at(self, due_on: date) -> datetime:
        """The instant (UTC) from which a deadline of that day is due soon."""
        from glassbook.calendar import working_day_before  # the holiday tables take a moment to load

        return self.begins(working_day_before(due_on, self.soon_days, self.country))

    def is_provisional(self, since_on: date, due_on: date) -> bool:
        """Whether working days between two days may still change because an arrangement of holidays is not published yet."""
        from glassbook.calendar import is_arranged

        return not all(is_arranged(year, self.country) for year in {since_on.year, due_on.year})


@dataclass(frozen=True)
class Subject:
    """What a deadline is about: its kind, what distinguishes it from others of that kind, titles in both languages, legal basis."""

    kind: DeadlineKind
    name: str
    title_zh: str
    title_en: str
    basis: str


def by_day(
    rules: Rules, subject: Subject, since_on: date, due_on: date, done_at: datetime | None, role: Role | None, action: str
) -> Deadline:
    """A deadline of a day: in time until the midnight that ends `due_on`; once it is done, nobody has anything to do."""
    is_done = done_at is not None
    return Deadline(
        code=f"{rules.regime.name}:{subject.kind}:{subject.name}",
        regime=rules.regime.name,
        kind=subject.kind,
        subject=subject.name,
        title_zh=subject.title_zh,
        title_en=subject.title_en,
        note=None,
        since_at=rules.begins(since_on),
        since_on=since_on,
        soon_at=rules.soon_at(due_on),
        due_before=rules.begins(due_on + timedelta(days=1)),
        due_on=due_on,
        is_by_hour=False,
        is_provisional=rules.is_provisional(since_on, due_on),
        done_at=done_at,
        done_on=None if done_at is None else done_at.astimezone(rules.zone).date(),
        role=None if is_done else role,
        action="" if is_done else action,
        basis=subject.basis,
    )
