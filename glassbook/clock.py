"""The only place that asks what time it is; models and filings never do."""

from __future__ import annotations

from datetime import UTC, datetime

from glassbook.settings import Settings


def now(settings: Settings) -> datetime:
    """The present instant in UTC, or the one that the setting `clock_now` shows."""
    if settings.clock_now is None:
        return datetime.now(UTC)
    shown = settings.clock_now
    return shown.replace(tzinfo=UTC) if shown.tzinfo is None else shown.astimezone(UTC)
