"""The first page: the state of the platform in words and numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from glassbook.calendar import month_before, year_before
from reports.filing.life.life import load_life
from reports.site.language import Language
from reports.site.pages.charts import FigureChart, chart_of
from reports.site.pages.tables import data_pages, index_path
from reports.site.reading.edition import Edition, Month
from reports.site.reading.figures import History, SeriesPoint
from reports.site.reading.filings import Correction, FiledVersion
from reports.site.rendering import Page
from reports.site.shown import writer_for

_CORRECTIONS = 5


@dataclass(frozen=True)
class Highlight:
    """A figure of the newest month, with the month before and the same month a year ago, each None if the platform is younger."""

    history: History
    point: SeriesPoint
    month_before: SeriesPoint | None
    year_before: SeriesPoint | None


def first_page(edition: Edition, language: Language) -> Page:
    """The page at index.html of a language."""
    declared = edition.page
    title = f"{edition.platform_name} {language.of(declared.title_zh, declared.title_en)}".strip()
    description = language.say("Figures of %(name)s as disclosed, from its first month on, with definitions and corrections.",
                               name=edition.platform_name)  # fmt: skip
    if not edition.months:
        newest = edition.versions[-1] if edition.versions else None
        return Page("index.html", "first_empty.html.j2", title, description, _every_time(edition, language, None, newest), "first")
    month = edition.months[-1]
    highlights = [found for code in declared.highlights if (found := _highlight(edition, code, month)) is not None]
    charted = [edition.by_code[code] for chart in declared.charts for code in chart.codes if code in edition.by_code]
    shown = [(h.history, p.value) for h in highlights for p in (h.point, h.month_before, h.year_before) if p is not None]
    corrections = newest_corrections(edition, _CORRECTIONS)
    shown += [(edition.by_code[c.code], value) for _, c in corrections for value in (c.before, c.after) if c.code in edition.by_code]
    drawn = [(history, point.value) for history in charted for point in history.points]
    writer = writer_for(edition, language, shown, drawn)
    # A small first month in a chart leaves the units of the newest one as they are.
    chart_writer = writer_for(edition, language, drawn, shown)
    charts: list[tuple[str, FigureChart]] = [
        (language.of(chart.title_zh, chart.title_en), made)
        for chart in declared.charts
        if (made := chart_of([edition.by_code[code] for code in chart.codes if code in edition.by_code], chart.kind, chart_writer))
        is not None
    ]
    content = _every_time(edition, language, month, edition.newest_version(month.day)) | {
        "writer": writer,
        "highlights": highlights,
        "charts": charts,
        "corrections": corrections,
        "refutations": edition.refuted.refutations,
    }
    return Page("index.html", "first.html.j2", title, description, content, "first")


def _every_time(edition: Edition, language: Language, month: Month | None, filing: FiledVersion | None) -> dict[str, Any]:
    """What the page tells with figures or without: how the filing stands, and where a reader's questions are answered."""
    return {
        "edition": edition,
        "month": month,
        "filing": filing,
        "filing_state": None if filing is None else state_name(filing, language),
        "has_safety": bool(edition.page.safety),
        "asked": [(language.of(page.question_zh, page.question_en), index_path(page)) for page in data_pages(edition)],
    }


def state_name(version: FiledVersion, language: Language) -> str:
    """The state of a filing in words."""
    return language.of(load_life().states[version.state].name_zh, version.state.replace("_", " "))


def newest_corrections(edition: Edition, most: int | None = None) -> list[tuple[FiledVersion, Correction]]:
    """What versions of filings corrected, newest first; nothing of versions that were refused."""
    submitted = sorted(edition.versions, key=lambda v: (v.opened_at, v.version), reverse=True)
    return [(version, correction) for version in submitted for correction in version.standing_corrections][:most]


def _highlight(edition: Edition, code: str, month: Month) -> Highlight | None:
    history = edition.by_code.get(code)
    point = None if history is None else history.on(month.day)
    if history is None or point is None:
        return None
    # A month that is not over is not compared with a whole one.
    earlier = [history.on(day(month.day)) if month.is_month_end else None for day in (month_before, year_before)]
    return Highlight(history, point, *earlier)
