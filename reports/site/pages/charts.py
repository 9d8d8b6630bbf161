"""A chart of figures with everything around it: both cuts, a key, and a sentence that says what it shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from reports.present.chart_marks import DASHES, Kind, Point
from reports.site.reading.figures import History
from reports.site.shown import Writer

_MOST_SERIES = 4


@dataclass(frozen=True)
class FigureChart:
    """`cuts` are the drawings; `keys` are (name, number of the series, dashes) if there are several; `unit` is that of the axis.

    `across` says what the x axis counts if not days; `title` is the chart's own, if any.
    """

    cuts: tuple[Markup, ...]
    keys: tuple[tuple[str, int, str], ...]
    unit: str
    sentence: str
    histories: tuple[History, ...]
    title: str = ""
    across: str = ""


def chart_of(histories: Sequence[History], kind: Kind, writer: Writer) -> FigureChart | None:
    """Figures of one unit as a chart; None when none of them has a value."""
    from reports.site.charting import CUTS, Picture, drawn  # the library takes seconds to load

    shown = tuple(history for history in histories[:_MOST_SERIES] if any(point.value is not None for point in history.points))
    if not shown:
        return None
    points = tuple(Point(point.day, history.code, point.value, point.is_provisional) for history in shown for point in history.points)
    picture = Picture(kind, points)
    sentence = " ".join(_sentence(points, history, writer) for history in shown)
    # Several amounts on one axis have its unit by the largest of them.
    money = max(map(writer.money_of, shown), key=lambda unit: unit.power) if writer.edition.is_money(shown[0]) else None
    cuts = tuple(Markup(drawn(picture, cut, lambda value: writer.axis(money, value), sentence)) for cut in CUTS)
    unit = writer.unit(shown[0]) if money is None else money.name
    keys = tuple((writer.name(history), place + 1, " ".join(map(str, DASHES[place]))) for place, history in enumerate(shown))
    return FigureChart(cuts, keys if len(keys) > 1 else (), unit, sentence, shown)


def _sentence(drawn: Sequence[Point], history: History, writer: Writer) -> str:
    """A sentence about one figure in the chart, from its points alone."""
    language = writer.language
    points = [point for point in drawn if point.series == history.code and point.value is not None]
    first, last = points[0], points[-1]
    highest, lowest = max(points, key=lambda p: (p.value, p.month_end)), min(points, key=lambda p: (p.value, p.month_end))

    def said(point: Point) -> str:
        text = writer.value(history, point.value).striptags()
        unit = writer.unit(history)
        return f"{text}{unit}" if unit == "%" else f"{text} {unit}"

    if len(points) == 1:
        return language.say(
            "%(name)s: %(last)s on %(last_day)s.", name=writer.name(history), last=said(last), last_day=language.day(last.month_end)
        )
    return language.say(
        "%(name)s: from %(first)s on %(first_day)s to %(last)s on %(last_day)s; highest %(highest)s (%(highest_day)s), "
        "lowest %(lowest)s (%(lowest_day)s).",
        name=writer.name(history),
        first=said(first),
        first_day=language.day(first.month_end),
        last=said(last),
        last_day=language.day(last.month_end),
        highest=said(highest),
        highest_day=language.month(highest.month_end),
        lowest=said(lowest),
        lowest_day=language.month(lowest.month_end),
    )
