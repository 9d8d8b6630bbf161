"""The partitions of the assets: closes by the day on which something was known, filings by their period.

Belongs here: the partitions and their meaning. Does not: which partition runs when (`schedules`).
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import dagster as dg

from glassbook.clock import now
from glassbook.lake.loads import visible_loads
from glassbook.settings import Settings
from reports.filing.declare.period import periods
from reports.filing.declare.regime import Regime

_LONGEST_PERIOD = 367
_BEGINNINGS = {"monthly": "0 0 1 * *", "quarterly": "0 0 1 1,4,7,10 *", "yearly": "0 0 1 1 *"}


def closes(settings: Settings) -> dg.DailyPartitionsDefinition:
    """One per day since the first load, in the platform's time zone: what was known at the end of the day.

    Today is included, because the nightly load comes after midnight: the close of the night from the 1st to the 2nd is the partition of the
    2nd, and closes the business day of the 1st.
    """
    return dg.DailyPartitionsDefinition(start_date=_first_load_on(settings).isoformat(), timezone=settings.timezone, end_offset=1)


def filing_periods(regime: Regime, settings: Settings) -> dg.TimeWindowPartitionsDefinition:
    """One per finished period of the regime, by its first month, in the platform's time zone.

    The first is the period in which filing with Glassbook began. Where the settings do not say, it is the period in which the regime's rule
    came into force, or else the period of the first load.
    """
    since = settings.filings_since or regime.due.since or _first_load_on(settings)
    first = periods(regime.frequency, since, since + timedelta(days=_LONGEST_PERIOD))[0].first_on
    start = datetime(first.year, first.month, first.day)  # noqa: DTZ001 - in the zone that is named beside it
    if regime.frequency == "monthly":
        return dg.MonthlyPartitionsDefinition(start_date=start, timezone=settings.timezone, fmt="%Y-%m")
    return dg.TimeWindowPartitionsDefinition(
        cron_schedule=_BEGINNINGS[regime.frequency], start=start, timezone=settings.timezone, fmt="%Y-%m"
    )


def period_of(regime: Regime, window: dg.TimeWindow) -> str:
    """A filing's name for the period of a partition."""
    (period,) = periods(regime.frequency, window.start.date(), window.end.date())
    return period.name


def _first_load_on(settings: Settings) -> date:
    """Day of the first load in the platform's time zone; today while there is none."""
    first = next((load.loaded_at for load in visible_loads(settings)), now(settings))
    return first.astimezone(ZoneInfo(settings.timezone)).date()
