"""Periods of a filing: how each is written, its first and last day, and when its filing is due."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from glassbook.errors import InputError
from reports.filing.declare.regime import Regime

_MONTHS = {"monthly": 1, "quarterly": 3, "yearly": 12}
_SHAPES = {
    "monthly": (r"(?P<year>[0-9]{4})-(?P<part>0[1-9]|1[0-2])", "a month such as 2019-12"),
    "quarterly": (r"(?P<year>[0-9]{4})-Q(?P<part>[1-4])", "a quarter such as 2019-Q4"),
    "yearly": (r"(?P<year>[0-9]{4})(?P<part>)", "a year such as 2019"),
}


@dataclass(frozen=True)
class Period:
    """A closed period of whole months: `first_on` and `last_on` both belong to it."""

    name: str
    first_on: date
    last_on: date


def parse_period(text: str, frequency: str) -> Period:
    """The period that `text` names. Raises InputError when it names no period of that frequency."""
    shape, example = _SHAPES[frequency]
    found = re.fullmatch(shape, text)
    if found is None or not 1900 <= int(found["year"]) <= 9000:
        raise InputError(found=repr(text), where="--period", expected=example, remedy="Write the period in this form.")
    months = _MONTHS[frequency]
    first_on = date(int(found["year"]), (int(found["part"] or 1) - 1) * months + 1, 1)
    following = first_on
    for _ in range(months):
        following = (following.replace(day=1) + timedelta(days=32)).replace(day=1)
    return Period(text, first_on, following - timedelta(days=1))


def periods(frequency: str, first_on: date, until: date) -> list[Period]:
    """The periods that end on or after `first_on` and before `until`, in order."""
    months = _MONTHS[frequency]
    found = []
    for year in range(first_on.year, until.year + 1):
        for part in range(1, 12 // months + 1):
            name = {1: f"{year}-{part:02}", 3: f"{year}-Q{part}", 12: f"{year}"}[months]
            period = parse_period(name, frequency)
            if first_on <= period.last_on < until:
                found.append(period)
    return found


def due_on(regime: Regime, period: Period, country: str) -> date:
    """Last working day on which the filing of `period` is in time."""
    from glassbook.calendar import nth_working_day  # the holiday tables take a moment to load

    following = period.last_on + timedelta(days=1)
    return nth_working_day(following.year, following.month, regime.due.working_day, country)


def is_due_provisional(due: date, country: str) -> bool:
    """Whether a due day may still move because the worked weekends of its year are not published yet, or not known here."""
    from glassbook.calendar import is_arranged  # the holiday tables take a moment to load

    return not is_arranged(due.year, country)
