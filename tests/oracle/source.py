"""A folder of a platform's records as the independent calculation reads it: tables, the book of loans, and days.

Belongs here: reading, and which rows are before a day. Does not: results (the modules named for them).
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from zoneinfo import ZoneInfo

from tests.oracle.ledger import Book, read_book
from tests.oracle.records import Row, read_table


class Source:
    """The rows of a folder of Parquet. Instants are naive UTC; a business date is the day in the platform's zone."""

    def __init__(self, folder: Path, timezone: str = "Asia/Shanghai", known_at: datetime | None = None) -> None:
        self.folder, self.zone, self.known_at = folder, ZoneInfo(timezone), known_at
        self._timezone = timezone
        self._tables: dict[str, list[Row]] = {}

    @cached_property
    def book(self) -> Book:
        """The loans with their events, as the ledger of this oracle reads them."""
        return read_book(self.folder, self._timezone, self.known_at)

    def rows(self, table: str) -> list[Row]:
        """The rows of a table that count; none if it was not supplied."""
        if table not in self._tables:
            read = read_table(self.folder, table, self.known_at) or []
            self._tables[table] = [{name: naive(value) for name, value in row.items()} for row in read]
        return self._tables[table]

    def day(self, instant: datetime) -> date:
        """The business date of an instant."""
        return instant.replace(tzinfo=UTC).astimezone(self.zone).date()

    def by(self, day: date, table: str, column: str) -> list[Row]:
        """Rows whose `column` is on `day` or before it; never a null."""
        return [row for row in self.rows(table) if row[column] is not None and self._on(row[column]) <= day]

    def _on(self, value: date | datetime) -> date:
        return self.day(value) if isinstance(value, datetime) else value

    @cached_property
    def promotional_products(self) -> set[int]:
        """Products whose listings are in no figure."""
        return {product_id for product_id, row in self.products.items() if row["is_promotional"]}

    @cached_property
    def products(self) -> dict[int, Row]:
        """Every product by its id, those too that are no longer offered."""
        return {row["product_id"]: row for row in read_table(self.folder, "products", self.known_at, with_deleted=True) or []}

    @cached_property
    def promotional_listings(self) -> set[int]:
        """Listings of those products."""
        return {row["loan_id"] for row in self.rows("loans") if row["product_id"] in self.promotional_products}

    @cached_property
    def listings(self) -> dict[int, Row]:
        """Every listing by its id, promotional ones too."""
        return {row["loan_id"]: row for row in self.rows("loans")}

    @cached_property
    def users(self) -> dict[int, Row]:
        """Every user by id."""
        return {row["user_id"]: row for row in self.rows("users")}


def naive(value: object) -> object:
    """An instant without its zone, in UTC; anything else as it is."""
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.astimezone(UTC).replace(tzinfo=None)
    return value


def month(day: date) -> date:
    """The first day of a day's month, by which months are named."""
    return day.replace(day=1)


def months_later(first: date, count: int) -> date:
    """The first day of the month `count` months after the one that begins on `first`."""
    number = first.year * 12 + first.month - 1 + count
    return date(number // 12, number % 12 + 1, 1)


def month_end(first: date) -> date:
    """The last day of the month that begins on `first`."""
    return months_later(first, 1) - timedelta(days=1)


def same_day_later(day: date, count: int) -> date:
    """The same day of the month `count` months later, or that month's last day if it has no such day."""
    first = months_later(month(day), count)
    return min(first + timedelta(days=day.day - 1), month_end(first))


def months_between(first: date, last: date) -> list[date]:
    """Every month from that of `first` to that of `last`."""
    found, at = [], month(first)
    while at <= last:
        found.append(at)
        at = months_later(at, 1)
    return found
