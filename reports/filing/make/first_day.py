"""The platform's first day: no earlier period is filed, since the platform did not exist yet."""

from __future__ import annotations

from glassbook.errors import InputError
from glassbook.profile.reading import load_profile
from glassbook.settings import Settings
from glassbook.snapshots import Snapshot, connect, current_snapshot
from reports.figures.reading import stored_days
from reports.filing.declare.period import parse_period
from reports.filing.declare.regime import load_regime


def refuse_before_first_day(settings: Settings, regime: str, period: str, snapshot: Snapshot | None = None) -> None:
    """Raises InputError for a period that ended before the platform's first day: before it was established, by its profile, and
    before the first day of its data."""
    declared = load_regime(regime)
    span = parse_period(period, declared.frequency)
    frozen = snapshot or current_snapshot(settings)
    with connect(frozen.database) as connection:
        first_days = stored_days(connection, declared, month_ends_only=False)[:1]
    if settings.profile_file.exists():
        first_days.append(load_profile(settings.profile_file).registration[0].established_on)
    if first_days and span.last_on < min(first_days):
        raise InputError(
            found=f"the period {span.name}, which ended on {span.last_on}",
            where=f"{regime}-{period}",
            expected=f"a period that ends on or after {min(first_days)}, the first day of the platform's profile and data",
            remedy="Name a later period; where the platform is older, load its data, or correct established_on of the profile.",
        )
