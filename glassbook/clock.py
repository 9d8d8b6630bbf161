"""The only module that reads the clock; models and filings never do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from glassbook.settings import Settings

CLOCKS_DIFFER_BY = timedelta(minutes=10)
"""Clocks of one installation differ by seconds; an instant further in the future than this means that one of them was wrong."""


def now(settings: Settings) -> datetime:
    """The present instant in UTC, or the one that the setting `clock_now` shows."""
    if settings.clock_now is None:
        return datetime.now(UTC)
    shown = settings.clock_now
    return shown.replace(tzinfo=UTC) if shown.tzinfo is None else shown.astimezone(UTC)
