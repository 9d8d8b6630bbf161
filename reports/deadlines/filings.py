"""Deadlines that a filing meets: for every period to be filed, and for the platform's information as of each year's end.

Belongs here: filings as deadlines, and who must do what next, given the state of a filing. Does not: which filings are owed, and what
counts as filed (reports.filing.life.owed).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from reports.deadlines.deadline import Deadline
from reports.deadlines.rules import Rules, Subject, by_day
from reports.filing.declare.duties import Role
from reports.filing.declare.period import Period, periods
from reports.filing.life.life import Situation, load_life, next_sentence
from reports.filing.life.owed import Progress, owed_filings
from reports.filing.life.states import DRAFT, SUBMITTED


def filing_deadlines(rules: Rules, progress: Mapping[str, Progress]) -> list[Deadline]:
    """Deadlines of every period to be filed; `progress` is keyed by the name of the period."""
    found = []
    for owed in owed_filings(rules.regime, rules.first_on, rules.until, rules.country, progress):
        period, step = owed.period, owed.progress
        role, action = _next(f"{rules.regime.name}-{period.name}", None if step is None else step.newest.state)
        found.append(
            by_day(
                rules,
                Subject(
                    "filing", period.name, f"报送{period.name}信息披露", f"Filing {rules.regime.name} {period.name}", rules.regime.due.basis
                ),
                since_on=_day_after(period),
                due_on=owed.due_on,
                done_at=None if step is None else step.filed_at,
                role=role,
                action=action,
            )
        )
    return found


def year_end_deadlines(rules: Rules, progress: Mapping[str, Progress]) -> list[Deadline]:
    """Deadlines of the platform's information as of each year's end: the filing of the year's last period discloses it."""
    wanted = rules.regime.obligations.year_end_profile
    if wanted is None:
        return []
    found = []
    for period in periods(rules.regime.frequency, rules.first_on, rules.until):
        since_on = _day_after(period)
        due = date(since_on.year, wanted.month, wanted.day)
        if (since_on.month, since_on.day) != (1, 1) or due > rules.until:
            continue
        step = progress.get(period.name)
        year = period.last_on.year
        found.append(
            by_day(
                rules,
                Subject(
                    "year_end_profile",
                    str(year),
                    f"披露截至{year}年末的备案信息、组织信息",
                    f"Platform information as of the end of {year}",
                    wanted.basis,
                ),
                since_on=since_on,
                due_on=due,
                done_at=None if step is None else step.filed_at,
                role=wanted.role,
                action=f"submit the filing of {period.name}, which holds it",
            )
        )
    return found


def _next(filing_id: str, state: str | None) -> tuple[Role | None, str]:
    """Who must do what next with a filing, by the table of its life; none of our roles while the recipient has it."""
    if state is None:
        return "preparer", next_sentence(Situation(filing_id))
    if state == DRAFT:
        # The table's sentence is for a draft with nothing open; whether something is open is known only from its package.
        return "preparer", f"`glassbook filing status {filing_id}` says what is open, and what to do."
    life = load_life()
    step = life.forward(state)
    role: Role | None = "preparer" if step is None or step.role is None else step.role  # type: ignore[assignment]  # the table's roles
    return None if state == SUBMITTED else role, life.states[state].next.format(id=filing_id)


def _day_after(period: Period) -> date:
    return period.last_on + timedelta(days=1)
