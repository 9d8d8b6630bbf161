"""The page that says in words how safe the platform is, as far as figures can."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup, escape

from reports.site.language import Language
from reports.site.reading.edition import Edition
from reports.site.reading.figures import History, SeriesPoint
from reports.site.rendering import Page
from reports.site.shown import Writer, writer_for

PATH = "safety.html"
_PLACE = "{value}"


@dataclass(frozen=True)
class Answer:
    """A sentence with its value filled in, and the figure of the value."""

    history: History
    point: SeriesPoint
    words: Markup


def safety_pages(edition: Edition, language: Language) -> list[Page]:
    """The page; none when the regime has no such sentences. Before the first loan it has no figure, and says so."""
    if not edition.page.safety:
        return []
    month = edition.months[-1] if edition.months else None
    found = [(said, edition.by_code[said.code]) for said in edition.page.safety if said.code in edition.by_code]
    points = [(said, history, point) for said, history in found if month and (point := history.on(month.day))]
    writer = writer_for(edition, language, [(history, point.value) for _, history, point in points])
    answers = [Answer(history, point, _filled(language.of(said.zh, said.en), writer, history, point)) for said, history, point in points]
    title = language.say("Is it safe? In words")
    description = language.say("What the figures of %(name)s say of its safety, and what no figure can say.", name=edition.platform_name)
    content = {"edition": edition, "month": month, "writer": writer, "answers": answers, "refutations": edition.refuted.refutations}
    return [Page(PATH, "safety.html.j2", title, description, content, "first")]


def _filled(words: str, writer: Writer, history: History, point: SeriesPoint) -> Markup:
    before, _, after = words.partition(_PLACE)
    unit = writer.unit(history)
    value = writer.value(history, point.value)
    if point.value is not None:
        value += Markup('{}<span class="unit">{}</span>').format("" if unit == "%" else Markup("&nbsp;"), unit)
    return escape(before) + Markup("<b>{}</b>").format(value) + escape(after)
