"""The zone of a session with MySQL, as an offset.

Belongs here: which offset it has. Does not: the session itself (`source`), SQL that would be wrong in it (`zones`).

MySQL gives a `timestamp` as the session's local time as soon as an expression or a view makes a `datetime` of it, as
`coalesce(a_timestamp, a_datetime)` does. So the session has the zone of the mapping. A server knows names of zones only when its tables of
them were filled, so it is told an offset; a zone whose offset changes leaves the session in UTC.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from functools import cache
from zoneinfo import ZoneInfo

IN_UTC = "+00:00"
# No records of a platform are older than its first customers, and MySQL's own instants end in 2038.
_FIRST, _LAST, _STEP_DAYS = datetime(2000, 1, 1, tzinfo=UTC), datetime(2038, 1, 1, tzinfo=UTC), 10
# MySQL before 8.0.19, and MariaDB, end here.
_MOST = timedelta(hours=13)


@cache
def steady_offset(zone: str) -> str | None:
    """The offset of a zone as MySQL writes it, such as +08:00; None when it has changed since 2000, or is one that not every server
    takes."""
    try:
        place = ZoneInfo(zone)
    except (LookupError, ValueError, OSError):
        return None
    offset = _FIRST.astimezone(place).utcoffset() or timedelta()
    instants = (_FIRST + days * timedelta(days=1) for days in range(0, (_LAST - _FIRST).days, _STEP_DAYS))
    if offset > _MOST or any(instant.astimezone(place).utcoffset() != offset for instant in instants):
        return None
    return _FIRST.astimezone(place).isoformat()[-len(IN_UTC) :]


def zone_of(offset: str) -> tzinfo | None:
    """The zone that always has an offset."""
    return datetime.strptime(offset, "%z").tzinfo
