"""One deadline, and its state at an instant."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from reports.filing.declare.duties import Role

DeadlineKind = Literal["filing", "year_end_profile", "profile_change", "risk_event", "annual_report"]
DeadlineState = Literal["late", "due_soon", "open", "upcoming", "done", "done_late"]
# In order of urgency; in the first three someone must act.
TO_DO: tuple[DeadlineState, ...] = ("late", "due_soon", "open")
STATES: tuple[DeadlineState, ...] = (*TO_DO, "upcoming", "done", "done_late")


@dataclass(frozen=True)
class Deadline:
    """One thing that is due. Instants are aware, UTC; days are business dates; `code` is stable.

    It can be done from `since_at` on. `due_before` is the first instant that is too late. From `soon_at` on it is urgent. `is_by_hour`
    distinguishes a deadline of hours from one of days, which is in time until the midnight that ends `due_on`.
    `role` and `action` say who must do what next; both are empty when nothing is left to do.
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
    """Whether the due day may still move because the worked weekends of its year are not published yet."""
    done_at: datetime | None
    done_on: date | None
    role: Role | None
    action: str
    basis: str

    def state(self, now: datetime) -> DeadlineState:
        """Its state at `now` (aware)."""
        if self.done_at is not None and self.done_at <= now:
            return "done" if self.done_at < self.due_before else "done_late"
        if now >= self.due_before:
            return "late"
        if now < self.since_at:
            return "upcoming"
        return "due_soon" if now >= self.soon_at else "open"
