"""The day up to which a source is complete: stated by a person, by the mapping, or by the source through the mapping's expression.

Belongs here: that day. Does not: the platform's latest business date, which depends on it (`horizon`).
"""

from __future__ import annotations

import re
from datetime import date, datetime
from zoneinfo import ZoneInfo

from glassbook.errors import InputError
from glassbook.settings import Settings
from ingestion.contract.horizon import Horizon, horizon_of
from ingestion.mapping import Mapping
from ingestion.sources.database import DatabaseSource
from ingestion.sources.table import Source

NOW = "now"
_A_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def complete_until(settings: Settings, source: Source, asked: str, mapping: Mapping | None, horizon: Horizon) -> date | None:
    """The business day up to which the source is complete: `asked` (a day or `now`), else what the mapping says; None if neither is given.

    Raises InputError for a value that is not a day, and for a day after that of the load.
    """
    where = "--complete-until"
    said: object = asked
    if not asked and mapping is not None and mapping.complete_until is not None:
        where, said = "complete_until of the mapping", mapping.complete_until
        if isinstance(said, str) and _A_DAY.fullmatch(said) and _as_day(settings, said, mapping.timezone) is None:
            # The source would take it for a sum: 2019-02-30 is 1987.
            raise _no_day(f"{said}, a day that does not exist", where, horizon)
        if said != NOW and _as_day(settings, said, mapping.timezone) is None and isinstance(source, DatabaseSource):
            said = _of_source(source, mapping.complete_until)
    if said is None or said == "":
        return None
    day = horizon.day if said == NOW else _as_day(settings, said, mapping.timezone if mapping else "UTC")
    if day is None or day > horizon.day:
        if day is not None:
            raise _no_day(f"{day}, which is after the day of the load", where, horizon)
        does_not_exist = isinstance(said, str) and _A_DAY.fullmatch(said)
        raise _no_day(f"{said}, a day that does not exist" if does_not_exist else f"{said}", where, horizon)
    return day


def _no_day(found: str, where: str, horizon: Horizon) -> InputError:
    return InputError(
        found=found,
        where=where,
        expected=f"a day such as {horizon.day}, not after it, or `{NOW}`",
        remedy="Name the last day of which everything is there. A mapping's expression is in the source's own SQL and gives a day, an "
        "instant, or null.",
    )


def _of_source(source: DatabaseSource, expression: str) -> object:
    from ingestion.mapping.given_sql import require_reading_sql  # imports a parser, which most loads do not need

    require_reading_sql(expression, source.dialect, f"{source.name}, complete_until of the mapping")
    try:
        return source.answer(expression)
    except Exception as error:
        raise InputError(
            found=f"an expression that the source does not understand: {source.said(error) or error}",
            where="complete_until of the mapping",
            expected="an expression in the source's own SQL, such as (select max(closed_on) from day_close)",
            remedy="Correct it; `now` and a day are read as such.",
        ) from None


def _as_day(settings: Settings, value: object, timezone: str) -> date | None:
    """A day, or the business day of an instant; one without a zone is in `timezone`. None for anything else."""
    if isinstance(value, str):
        try:
            value = date.fromisoformat(value) if len(value) == len("2019-12-31") else datetime.fromisoformat(value)
        except ValueError:
            return None
    if isinstance(value, datetime):
        return horizon_of(settings, value if value.tzinfo else value.replace(tzinfo=ZoneInfo(timezone))).day
    return value if isinstance(value, date) else None
