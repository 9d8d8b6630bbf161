"""Working days of the platform's country (national holidays off, worked weekends on), and offsets of its time zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    import holidays

# Offsets are checked up to this year; a zone that still changes its clocks then has no lasting offset. Zone data list
# single changes up to 2037; only Morocco's zones list later ones, and they count as changing here anyway.
FAR_FUTURE = datetime(2040, 1, 1, tzinfo=UTC)
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
# No change of offset since 1970 lasted less: the shortest was a week, in Recife in October 2000 (IANA time zone database).
LESS_THAN_ANY_CHANGE = timedelta(days=3)


@cache
def _calendar(country: str, year: int) -> holidays.HolidayBase:
    # Most commands need no working day, and importing all countries takes longer than some commands run.
    import holidays

    return holidays.country_holidays(country, years=(year - 1, year, year + 1))


def is_known_country(country: str) -> bool:
    """Whether the working days of a country, by its code of two letters, are known."""
    from holidays.registry import COUNTRIES

    return any(country == codes[1] for codes in COUNTRIES.values())


def is_working_day(day: date, country: str) -> bool:
    """Whether offices work on `day`, worked weekends included."""
    return bool(_calendar(country, day.year).is_working_day(day))


def nth_working_day(year: int, month: int, number: int, country: str) -> date:
    """The `number`-th working day (from 1) of a month."""
    day, seen = date(year, month, 1), 0
    calendar = _calendar(country, year)
    while True:
        seen += bool(calendar.is_working_day(day))
        if seen == number:
            return day
        day += timedelta(days=1)


def add_working_days(day: date, number: int, country: str) -> date:
    """The `number`-th working day after `day`; `day` itself does not count."""
    counted = 0
    while counted < number:
        day += timedelta(days=1)
        counted += is_working_day(day, country)
    return day


def working_day_before(day: date, number: int, country: str) -> date:
    """The `number`-th working day before `day`; `day` itself does not count."""
    counted = 0
    while counted < number:
        day -= timedelta(days=1)
        counted += is_working_day(day, country)
    return day


def is_arranged(year: int, country: str) -> bool:
    """Whether the worked weekends of a year are known yet, where a country has any.

    Some governments announce them each autumn for the next year; until then a day of that year may still become free or worked.
    """
    worked = _calendar(country, year).weekend_workdays
    return not worked or any(day.year == year for day in worked)


def month_end(day: date) -> date:
    """Last day of the month of `day`."""
    first_of_next = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
    return first_of_next - timedelta(days=1)


@cache
def month_before(day: date) -> date:
    """The last day of the month before that of `day`."""
    return day.replace(day=1) - timedelta(days=1)


def year_before(day: date) -> date:
    """The last day of the same month a year before (29 February has a 28 February)."""
    return month_end(day.replace(day=1, year=day.year - 1))


def month_ends(first_on: date, until: date) -> list[date]:
    """The ends of months from `first_on` to `until`, both days included, in order."""
    found = []
    day = month_end(first_on)
    while day <= until:
        found.append(day)
        day = month_end(day + timedelta(days=1))
    return found


def lasting_offset(timezone: str) -> tuple[datetime, timedelta] | None:
    """Since when (UTC, to the day, never too early) a zone has kept one offset, and that offset; None while it still changes clocks."""
    zone = ZoneInfo(timezone)
    offset = FAR_FUTURE.astimezone(zone).utcoffset()
    assert offset is not None
    since = FAR_FUTURE
    for step in (LESS_THAN_ANY_CHANGE, timedelta(days=1)):
        while since - step >= LONG_AGO and (since - step).astimezone(zone).utcoffset() == offset:
            since -= step
    return None if FAR_FUTURE - since < timedelta(days=366) else (since, offset)
