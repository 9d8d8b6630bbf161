"""The parts of a figure by kind: the newest month on the figure's page, every month on its own page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from reports.site.language import Language
from reports.site.reading.edition import Edition, Month
from reports.site.reading.figures import History
from reports.site.rendering import Page
from reports.site.shown import writer_for


@dataclass(frozen=True)
class Parts:
    """`kinds` are (code, words) of every kind that ever occurred.

    `months` are in order from the newest, each with one value per kind, None for no value.
    """

    kinds: tuple[tuple[str, str], ...]
    months: tuple[tuple[Month, tuple[Decimal | None, ...]], ...]
    path: str
    file: str


def parts_of(edition: Edition, language: Language, history: History) -> Parts | None:
    """None for a figure without kinds, or without any value."""
    declared = edition.page.parts
    table = None if declared is None else edition.tables.get(declared.relation)
    if declared is None or table is None or history.code not in declared.codes:
        return None
    rows = table.where(code=history.code)
    held: dict[tuple[date, str], Decimal] = {
        (row[table.place("as_of_on")], row[table.place("part_code")]): row[table.place("value")] for row in rows
    }
    words = edition.words.codes[declared.codes[history.code]]
    there = {kind for _, kind in held}
    order = [*(kind for kind in words if kind in there), *sorted(there - words.keys())]
    if not order:
        return None
    kinds = tuple((kind, language.heading(words[kind].zh, words[kind].en) if kind in words else kind) for kind in order)
    shown = {point.day for point in history.points}
    months = tuple(
        (month, tuple(held.get((month.day, kind)) for kind in order)) for month in reversed(edition.months) if month.day in shown
    )
    return Parts(kinds, months, f"figures/{history.code}-parts.html", table.file)


def parts_page(edition: Edition, language: Language, history: History, parts: Parts) -> Page:
    """The page of every month."""
    writer = writer_for(edition, language, ())  # in full: in the unit of a large kind a small one would show as zero
    content = {"edition": edition, "history": history, "writer": writer, "parts": parts}
    title = language.say("%(title)s by kind", title=writer.name(history))
    description = language.say("%(title)s by kind, every month from the first on.", title=writer.name(history))
    return Page(parts.path, "figure_parts.html.j2", title, description, content, "figures")
