"""The settings that decide the rows of a snapshot, as its manifest keeps them.

Belongs here: which settings these are. Does not: what else decides the rows, such as loads and versions of the code (`warehouse`).
"""

from __future__ import annotations

from glassbook.settings import Settings


def settings_of_build(settings: Settings) -> dict[str, str | None]:
    """Each by its name, as text."""
    return {
        "timezone": settings.timezone,
        "currency": settings.currency,
        "platform_name": settings.platform_name,
        "over_90_amount": settings.over_90_amount,
        "overdue_rate_base": settings.overdue_rate_base,
        "count_promotional": str(settings.count_promotional).lower(),
        "home_regime": settings.home_regime,
        "own_hosts": " ".join(sorted(settings.own_hosts)) or None,
        "return_hosts": " ".join(sorted(settings.return_hosts)) or None,
    }
