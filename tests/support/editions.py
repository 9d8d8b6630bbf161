"""Editions of a site in the states of a platform, made from one that was read: a month old, twenty days, empty, stale, unsigned.

Belongs here: what each state is. Does not: what a page has to say of it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from reports.refuted import Refuted
from reports.site.reading.edition import Edition, Month
from reports.site.reading.filings import Correction, FiledVersion
from reports.standing import Remark

_SEAL = "ab" * 32


def states(full: Edition) -> dict[str, Edition]:
    """The states by name; `full` has two versions of a filing of its newest month, the second of which corrected two figures."""
    fresh = replace(full.standing, remarks=(), data_days=1, late=())
    whole = replace(full, standing=fresh, versions=_filed(full))
    young = _until(whole, whole.months[:1])
    began = young.months[0].day.replace(day=2)
    return {
        "full": whole,
        "one month": young,
        "twenty days": _until(whole, (Month(began.replace(day=21), began, is_month_end=False),), moved_to=began.replace(day=21)),
        "empty": replace(whole, months=(), histories=(), projects=None, latest=None, versions=(), refuted=Refuted(())),
        "stale": replace(
            whole,
            standing=replace(
                fresh,
                data_days=9,
                remarks=(Remark("最近一次构建失败，所示仍为此前的快照。", "the last build failed: this is the snapshot before it"),),
            ),
        ),
        "unsigned": replace(
            whole,
            versions=tuple(replace(v, state="draft", submitted_at=None, values={}, files={}, corrections=()) for v in whole.versions[:1]),
        ),
    }


def _until(edition: Edition, months: tuple[Month, ...], moved_to: date | None = None) -> Edition:
    """The edition of a platform that has lived these months alone."""
    days = {month.day for month in months}
    first = edition.months[0].day
    histories = []
    for history in edition.histories:
        points = tuple(p for p in history.points if p.day in days)
        if moved_to is not None:
            points = tuple(replace(p, day=moved_to) for p in history.points if p.day == first)
        if points:
            histories.append(replace(history, points=points))
    return replace(edition, months=months, histories=tuple(histories), versions=(), refuted=Refuted(()))


def _filed(edition: Edition) -> tuple[FiledVersion, ...]:
    newest = edition.months[-1].day
    values = {history.code: point.value for history in edition.histories if (point := history.on(newest)) is not None}
    codes = [code for code, value in values.items() if value is not None][:2]
    before = {code: value - 1 if code in codes and value is not None else value for code, value in values.items()}
    corrections = tuple(Correction(code, before[code], values[code], ("late rows",)) for code in codes)
    period = f"{newest:%Y-%m}"
    first = FiledVersion(
        filing_id=f"{edition.regime.name}-{period}",
        period=period,
        as_of=newest,
        version=1,
        state="superseded",
        seal=_SEAL,
        opened_at=datetime(2019, 4, 2, 2, tzinfo=UTC),
        submitted_at=datetime(2019, 4, 3, 2, tzinfo=UTC),
        reason=None,
        values=before,
        corrections=(),
        files={},
    )
    return first, replace(
        first,
        version=2,
        state="acknowledged",
        seal=_SEAL[::-1],
        reason="九月补录一笔。 Booked late.",
        values=values,
        corrections=corrections,
    )
