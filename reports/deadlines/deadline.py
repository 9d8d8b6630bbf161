"""One deadline, and where it stands at an instant."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from reports.filing.declare.duties import Role

DeadlineKind = Literal["filing", "year_end_profile", "profile_change", "risk_event", "annual_report"]
DeadlineState = Literal["late", "due_soon", "open", "upcoming", "done", "done_late"]
# In order of urgency; the first three are what someone must act on.
TO_DO: tuple[DeadlineState, ...] = ("late", "due_soon", "open")
STATES: tuple[DeadlineState, ...] = (*TO_DO, "upcoming", "done", "done_late")


@dataclass(frozen=True)
class Deadline:
    """One thing that is due. Instants are aware, UTC; days are business dates; `code` is stable.

    It can be done from `since_at` on and is late from `due_before` on, the first instant that is too late. `soon_at` is when it begins
    to be urgent. `is_by_hour` tells a deadline of hours from one of days, whose `due_on` is in time until midnight.
    `role` and `action` say who must do what next; both are empty once nothing is left to do.
    """

    code: str
    regime: str
    kind: DeadlineKind
    subject: str
    title_zh: str
    title_en: str
    note: str | None
    since_at: datetime
    since_on: date
    soon_at: datetime
    due_before: datetime
    due_on: date
    is_by_hour: bool
    is_provisional: bool
    """Whether the due day may still move because worked weekends of its year are not named yet."""
    done_at: datetime | None
    done_on: date | None
    role: Role | None
    action: str
    basis: str

    def state(self, now: datetime) -> DeadlineState:
        """Where it stands at `now` (aware)."""
        if self.done_at is not None and self.done_at <= now:
            return "done" if self.done_at < self.due_before else "done_late"
        if now >= self.due_before:
            return "late"
        if now < self.since_at:
            return "upcoming"
        return "due_soon" if now >= self.soon_at else "open"
