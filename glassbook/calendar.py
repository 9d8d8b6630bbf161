"""Working days of the platform's country: national holidays off, worked weekends on."""

from __future__ import annotations

from datetime import date, timedelta

import holidays


def _calendar(country: str, year: int) -> holidays.HolidayBase:
    return holidays.country_holidays(country, years=(year - 1, year, year + 1))


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


def month_end(day: date) -> date:
    """Last day of the month of `day`."""
    first_of_next = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
    return first_of_next - timedelta(days=1)
