"""The pages of months: each as filed and as known now, and the list of all months."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from reports.site.language import Language
from reports.site.pages.figures import declared_groups, grouped_histories
from reports.site.pages.filings import filing_folder
from reports.site.pages.first import state_name
from reports.site.reading.edition import Edition, FiledMonth, Month
from reports.site.reading.figures import History, SeriesPoint
from reports.site.reading.filings import FiledVersion
from reports.site.rendering import Page
from reports.site.shown import difference, writer_for


@dataclass(frozen=True)
class Line:
    """A figure of a month: as known now, and as the filing in force has it."""

    history: History
    point: SeriesPoint
    is_filed: bool
    filed: Decimal | None

    @property
    def is_other(self) -> bool:
        """Whether what is known now differs from what was filed."""
        return self.is_filed and self.filed != self.point.value


@dataclass(frozen=True)
class ToldMonth:
    """A month in the list: the state of its newest filing, and how many figures differ from those filed."""

    month: Month
    points: tuple[tuple[History, SeriesPoint | None], ...]
    filing: FiledVersion | None
    state: str | None
    others_count: int


def month_pages(edition: Edition, language: Language) -> Iterator[Page]:
    """The list, and one page per month; also of a month that was filed and has no stored figures."""
    yield _index(edition, language)
    for place, month in enumerate(edition.months):
        yield _month(edition, language, month, place)
    for filed in edition.filed_months:
        yield _filed_month(edition, language, filed)


def month_path(month: Month) -> str:
    """The address of a month's page within a language."""
    return f"months/{month.name}.html"


def _index(edition: Edition, language: Language) -> Page:
    declared = edition.page
    shown = [edition.by_code[code] for code in declared.highlights if code in edition.by_code][:3]
    told = []
    for _, month in sorted(edition.by_day.items(), reverse=True):
        newest = edition.newest_version(month.day)
        points = tuple((history, history.on(month.day)) for history in shown)
        others = sum(line.is_other for line in _lines(edition, month))
        told.append(ToldMonth(month, points, newest, None if newest is None else state_name(newest, language), others))
    values = [(history, point.value) for one in told for history, point in one.points if point is not None]
    content = {"edition": edition, "told": told, "histories": shown, "writer": writer_for(edition, language, values)}
    description = language.say("Every month of %(name)s since it began, as filed and as known now.", name=edition.platform_name)
    return Page("months/index.html", "months.html.j2", language.say("All months"), description, content, "months")


def _month(edition: Edition, language: Language, month: Month, place: int) -> Page:
    lines = _lines(edition, month)
    groups = [(title, [line for line in lines if line.history in histories]) for title, histories in grouped_histories(edition, language)]
    version = edition.in_force(month.day)
    values = [(line.history, value) for line in lines for value in (line.point.value, line.filed, difference(line.filed, line.point.value))]
    content = {
        "edition": edition,
        "month": month,
        "before": edition.months[place - 1] if place else None,
        "after": edition.months[place + 1] if place + 1 < len(edition.months) else None,
        "groups": groups,
        "version": version,
        "newest": edition.newest_version(month.day),
        "versions": [(found, state_name(found, language)) for found in edition.versions_of(month.day)],
        "others": [line for line in lines if line.is_other],
        "is_compared": any(line.is_filed for line in lines),
        "refutations": edition.refuted.on(month.day),
        "writer": writer_for(edition, language, values),
    }
    title = language.month(month.day) if month.is_month_end else language.day(month.day)
    description = language.say("The figures of %(month)s, as filed and as known now.", month=title)
    return Page(month_path(month), "month.html.j2", title, description, content, "months")


def _filed_month(edition: Edition, language: Language, filed: FiledMonth) -> Page:
    day = filed.month.day
    groups = [(title, [h for h in filed.histories if h.section in sections]) for title, sections in declared_groups(edition, language)]
    values = [(history, point.value) for history in filed.histories for point in history.points]
    content = {
        "edition": edition,
        "version": filed.version,
        "folder": filing_folder(filed.version),
        "versions": [(found, state_name(found, language)) for found in edition.versions_of(day)],
        "groups": [(title, histories) for title, histories in groups if histories],
        "month": filed.month,
        "writer": writer_for(edition, language, values),
    }
    title = language.month(day)
    description = language.say("The figures of %(month)s as filed.", month=title)
    return Page(month_path(filed.month), "month_filed.html.j2", title, description, content, "months")


def _lines(edition: Edition, month: Month) -> list[Line]:
    version = edition.in_force(month.day)
    found = []
    for history in edition.histories:
        point = history.on(month.day)
        if point is not None:
            is_filed = version is not None and history.code in version.values
            found.append(Line(history, point, is_filed, edition.filed(month.day, history.code)))
    return found
