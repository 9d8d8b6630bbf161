"""Working days of China: national holidays off, the weekends that are worked for them on.

Dates are those of the State Council's notices.
"""

from __future__ import annotations

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from glassbook.calendar import LONG_AGO, is_working_day, lasting_offset, month_end, nth_working_day

OFF = [
    date(2019, 1, 1),
    date(2019, 2, 4),  # spring festival, 4 to 10 February
    date(2019, 2, 8),
    date(2019, 4, 5),
    date(2019, 5, 1),
    date(2019, 5, 3),
    date(2019, 6, 7),
    date(2019, 9, 13),
    date(2019, 10, 1),
    date(2019, 10, 7),
    date(2019, 12, 28),
    date(2020, 1, 1),
    date(2020, 1, 24),
    date(2020, 1, 31),  # lengthened
    date(2020, 10, 8),
]
WORKED_WEEKENDS = [
    date(2019, 2, 2),
    date(2019, 2, 3),
    date(2019, 4, 28),
    date(2019, 5, 5),
    date(2019, 9, 29),
    date(2019, 10, 12),
    date(2020, 1, 19),
    date(2020, 4, 26),
    date(2020, 5, 9),
    date(2020, 6, 28),
    date(2020, 9, 27),
    date(2020, 10, 10),
]


@pytest.mark.parametrize("day", OFF, ids=str)
def test_holidays_are_off(day: date) -> None:
    assert not is_working_day(day, "CN")


@pytest.mark.parametrize("day", WORKED_WEEKENDS, ids=str)
def test_some_weekends_are_worked(day: date) -> None:
    assert day.weekday() >= 5
    assert is_working_day(day, "CN")


@pytest.mark.parametrize(
    ("year", "month", "number", "expected"),
    [
        (2019, 1, 1, date(2019, 1, 2)),
        (2019, 2, 1, date(2019, 2, 1)),
        (2019, 2, 2, date(2019, 2, 2)),
        (2019, 2, 5, date(2019, 2, 12)),
        (2019, 5, 1, date(2019, 5, 5)),
        (2019, 10, 1, date(2019, 10, 8)),
        (2019, 10, 5, date(2019, 10, 12)),
        (2020, 1, 5, date(2020, 1, 8)),
        (2020, 10, 1, date(2020, 10, 9)),
        (2020, 10, 2, date(2020, 10, 10)),
    ],
)
def test_the_nth_working_day(year: int, month: int, number: int, expected: date) -> None:
    assert nth_working_day(year, month, number, "CN") == expected


def test_another_country_has_another_calendar() -> None:
    assert is_working_day(date(2019, 10, 1), "US")
    assert not is_working_day(date(2019, 7, 4), "US")


@pytest.mark.parametrize(
    ("day", "end"),
    [
        (date(2019, 1, 31), date(2019, 1, 31)),
        (date(2019, 2, 1), date(2019, 2, 28)),
        (date(2020, 2, 29), date(2020, 2, 29)),
        (date(2019, 12, 1), date(2019, 12, 31)),
    ],
)
def test_month_ends(day: date, end: date) -> None:
    assert month_end(day) == end


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "Asia/Kolkata", "Europe/Moscow", "America/Recife", "UTC", "Asia/Pyongyang"])
def test_a_lasting_offset_holds_from_its_day_on_and_not_much_earlier(zone: str) -> None:
    lasting = lasting_offset(zone)
    assert lasting is not None
    since, offset = lasting
    hours = (since + timedelta(hours=n) for n in range(0, 24 * 365 * 60, 5))
    assert all(instant.astimezone(ZoneInfo(zone)).utcoffset() == offset for instant in hours)
    if since > LONG_AGO:
        assert any((since - timedelta(hours=n)).astimezone(ZoneInfo(zone)).utcoffset() != offset for n in range(50))


@pytest.mark.parametrize("zone", ["Europe/Prague", "America/New_York", "Australia/Sydney"])
def test_a_zone_that_changes_its_clocks_has_none(zone: str) -> None:
    assert lasting_offset(zone) is None
