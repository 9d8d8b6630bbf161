"""What the simulator shall make: size, seed and dates, and the instants that follow from them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

GROWTH_MONTHS = 24
# Borrowers look around (up to 35 days), register and apply (up to 23 days) before their listing: listings of so many days
# after the horizon may have left traces before it.
LOOK_AHEAD_DAYS = 60
# A claim can be sold until the end of the longest term and a little later; its buyer is drawn from the lenders of that day.
SALE_DAYS = 36 * 31 + 200


@dataclass(frozen=True)
class Plan:
    """The arguments of one simulation; together they decide every byte of it."""

    loans: int
    seed: int
    start: date
    end: date
    has_anomalies: bool = True

    @property
    def grown_on(self) -> date:
        """First day after the months of growth; from here on the platform keeps its size."""
        return self.start.replace(year=self.start.year + GROWTH_MONTHS // 12, day=min(self.start.day, 28))

    @property
    def stride(self) -> int:
        """Distance between listings that may have the same borrower: about three months of listings."""
        return max(1, self.loans // 8)

    @property
    def start_s(self) -> int:
        """Start of the first day in seconds of the platform's own clock."""
        return local_seconds(self.start)

    @property
    def cut_s(self) -> int:
        """End of the last day in seconds of the platform's own clock; what was known before it is written."""
        return local_seconds(self.end + timedelta(days=1))


def local_seconds(day: date) -> int:
    """Seconds from the epoch to the start of `day` on a clock that shows the platform's own time."""
    return int(datetime.combine(day, time(), UTC).timestamp())


def sql_file(*parts: str) -> str:
    """Text of one of the statements beside this module."""
    return Path(__file__).parent.joinpath("sql", *parts).with_suffix(".sql").read_text(encoding="utf-8")
