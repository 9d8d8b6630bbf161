"""By when lake and snapshot must be fresh each morning; Dagster shows what is late.

Belongs here: the hours. Does not: when jobs run (`schedules`).
"""

from __future__ import annotations

from datetime import timedelta

import dagster as dg

from glassbook.settings import Settings

# The close begins at 01:30. By 03:00 an unavailable source has been retried; a build takes an hour for every few million rows.
LAKE_BY_HOUR, SNAPSHOT_BY_HOUR = 4, 6


def lake_freshness(settings: Settings) -> dg.FreshnessPolicy:
    """Loaded since midnight, by four in the morning in the platform's time zone."""
    return _since_midnight(LAKE_BY_HOUR, settings)


def snapshot_freshness(settings: Settings) -> dg.FreshnessPolicy:
    """Built since midnight, by six. Dagster looks at the last run, so that the backfill of a past day counts too."""
    return _since_midnight(SNAPSHOT_BY_HOUR, settings)


def _since_midnight(hour: int, settings: Settings) -> dg.FreshnessPolicy:
    return dg.FreshnessPolicy.cron(f"0 {hour} * * *", timedelta(hours=hour), settings.timezone)
