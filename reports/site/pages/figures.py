"""The pages of figures: one per figure, with all months, and the index of all."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from markupsafe import Markup, escape

from glassbook.calendar import month_before, year_before
from reports.restating.words import causes_in_words
from reports.site.guide import guide_of
from reports.site.language import Language
from reports.site.pages.charts import chart_of
from reports.site.pages.figure_parts import Parts, parts_of, parts_page
from reports.site.reading.edition import Edition, Month
from reports.site.reading.figures import History, SeriesPoint
from reports.site.rendering import Page
from reports.site.shown import difference, writer_for


@dataclass(frozen=True)
class Row:
    """A figure at the end of one month, now and as filed in the version in force; `is_other` when the two differ."""

    month: Month
    point: SeriesPoint
    is_filed: bool
    filed: Decimal | None
    is_other: bool


@dataclass(frozen=True)
class Restated:
    """One correction of the figure: by which version of which filing, when, and why."""

    month: Month | None
    filing_id: str
    version: int
    at: datetime
    before: Decimal | None
    after: Decimal | None
    causes: str
    reason: str | None


def figure_pages(edition: Edition, language: Language) -> Iterator[Page]:
    """The index, and one page per figure."""
    yield _index(edition, language)
    for history in edition.defined:
        yield _without_values(edition, language, history)
    for history in edition.histories:
        parts = parts_of(edition, language, history)
        yield _figure(edition, language, history, parts)
        if parts is not None:
            yield parts_page(edition, language, history, parts)


def figure_path(code: str) -> str:
    """The address of a figure's page within a language: it never changes, since codes never do."""
    return f"figures/{code}.html"


def grouped_histories(edition: Edition, language: Language) -> list[tuple[str, list[History]]]:
    """The figures in the groups that the regime declares; figures in no group are left out."""
    found = [(title, [h for h in edition.histories if h.section in sections]) for title, sections in declared_groups(edition, language)]
    return [(title, histories) for title, histories in found if histories]


def declared_groups(edition: Edition, language: Language) -> list[tuple[str, tuple[str, ...]]]:
    """The groups of figures that the regime declares: title and sections."""
    return [(language.of(group.title_zh, group.title_en), tuple(group.sections)) for group in edition.page.groups]


def compared_days(edition: Edition) -> list[tuple[str, date]]:
    """Earlier months to compare with the newest one, if the platform existed then: (which, its last day)."""
    if not edition.months or not edition.months[-1].is_month_end:
        return []
    there = {month.day for month in edition.months}
    newest = edition.months[-1].day
    return [(which, day) for which, day in (("month", month_before(newest)), ("year", year_before(newest))) if day in there]


def _index(edition: Edition, language: Language) -> Page:
    groups = grouped_histories(edition, language)
    months = [*([edition.months[-1].day] if edition.months else []), *(day for _, day in compared_days(edition))]
    shown = [(h, p.value) for _, histories in groups for h in histories for day in months if (p := h.on(day)) is not None]
    content = {
        "edition": edition,
        "groups": groups,
        "writer": writer_for(edition, language, shown),
        "month": edition.months[-1] if edition.months else None,
        "compared": compared_days(edition),
        "refutations": edition.refuted.refutations,
        "defined": [(title, found) for title, sections in declared_groups(edition, language) if (found := _of(edition, sections))],
    }
    title = language.say("All figures")
    description = language.say("Every figure that %(name)s discloses, with definition, history and data.", name=edition.platform_name)
    return Page("figures/index.html", "figures.html.j2", title, description, content, "figures")


def _figure(edition: Edition, language: Language, history: History, parts: Parts | None) -> Page:
    months = {month.day: month for month in edition.months}
    rows = [_row(edition, history, months[point.day], point) for point in reversed(history.points)]
    restated = _restated(edition, language, history, months)
    shown = [(history, value) for row in rows for value in (row.point.value, row.filed)]
    shown += [(history, value) for one in restated for value in (one.before, one.after, difference(one.before, one.after))]
    writer = writer_for(edition, language, shown)
    content = {
        "edition": edition,
        "history": history,
        "writer": writer,
        "rows": rows,
        "restated": restated,
        "parts": parts,
        "in_full": writer_for(edition, language, ()),
        "pending": [row for row in rows if row.is_other],
        "chart": chart_of([history], "area" if edition.is_money(history) else "line", writer),
        "same_group": [h for _, histories in grouped_histories(edition, language) for h in histories if h.section == history.section],
    }
    content |= _meaning(edition, language, history)
    description = language.of(history.definition_zh, history.definition_en)
    return Page(figure_path(history.code), "figure.html.j2", f"{writer.name(history)} {history.code}", description, content, "figures")


def _without_values(edition: Edition, language: Language, history: History) -> Page:
    """The page of a figure that is stored of no day yet: its address is there before the first loan."""
    name = language.heading(history.name_zh, history.name_en)
    content = {
        "edition": edition,
        "history": history,
        "name": name,
        "same_group": [(h, language.heading(h.name_zh, h.name_en)) for h in _of(edition, (history.section,)) if h != history],
    }
    content |= _meaning(edition, language, history)
    description = language.of(history.definition_zh, history.definition_en)
    return Page(figure_path(history.code), "figure_empty.html.j2", f"{name} {history.code}", description, content, "figures")


def _of(edition: Edition, sections: tuple[str, ...]) -> list[History]:
    return [history for history in edition.defined if history.section in sections]


def _meaning(edition: Edition, language: Language, history: History) -> dict[str, object]:
    """Formula of a figure, and what readers misunderstand."""
    guide = guide_of(history.code)
    formula = language.of(*guide.formula) if guide and guide.formula else language.formula(history.formula)
    return {
        "formula": _with_links(edition, history, formula),
        "mind": language.of(*guide.mind) if guide and guide.mind else None,
    }


def _with_links(edition: Edition, history: History, formula: str) -> Markup:
    """A formula with links to the pages of the figures that it names (by code without the regime's prefix)."""
    family = history.code.rpartition("-")[0]
    there = {one.code for one in (*edition.histories, *edition.defined)}

    def linked(found: re.Match[str]) -> str:
        code = f"{family}-{found[0]}"
        return f'<a href="{code}.html">{found[0]}</a>' if code in there and code != history.code else found[0]

    return Markup(re.sub(r"\b[A-Z]\d\d\b", linked, str(escape(formula))))


def _row(edition: Edition, history: History, month: Month, point: SeriesPoint) -> Row:
    version = edition.in_force(month.day)
    is_filed = version is not None and history.code in version.values
    filed = edition.filed(month.day, history.code)
    return Row(month, point, is_filed, filed, is_filed and filed != point.value)


def _restated(edition: Edition, language: Language, history: History, months: dict[date, Month]) -> list[Restated]:
    return [
        Restated(
            months.get(version.as_of),
            version.filing_id,
            version.version,
            version.submitted_at or version.opened_at,
            correction.before,
            correction.after,
            causes_in_words(correction.causes, language.code),
            version.reason,
        )
        for version in reversed(edition.versions)
        for correction in version.standing_corrections
        if correction.code == history.code
    ]
