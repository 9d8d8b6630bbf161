"""Charts of public tables, as the regime declares them: along days, or along a number such as months on book."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from markupsafe import Markup

from reports.filing.declare.public_page import ShownTable, TableChart
from reports.present.chart_marks import DASHES, Point
from reports.site.language import Language, MoneyUnit
from reports.site.pages.cells import cell
from reports.site.pages.charts import FigureChart
from reports.site.reading.edition import Edition
from reports.site.reading.tables import OpenColumn, OpenTable

_MOST_SERIES = 4


def charts_of(edition: Edition, language: Language, shown: ShownTable, table: OpenTable) -> tuple[FigureChart, ...]:
    """The declared charts that have something to draw."""
    return tuple(made for chart in shown.charts if (made := _chart(edition, language, table, chart)) is not None)


def _chart(edition: Edition, language: Language, table: OpenTable, declared: TableChart) -> FigureChart | None:
    from reports.site.charting import CUTS, Curves, Picture, drawn  # the library takes seconds to load

    column, along, series = table.column(declared.column), table.column(declared.along), table.column(declared.series)
    months = {month.day for month in edition.months}
    points = [
        (row[table.place(series.name)], row[table.place(along.name)], row[table.place(column.name)])
        for row in table.where(**declared.where)
        if along.kind != "day" or row[table.place(along.name)] in months
    ]
    there = {name for name, _, value in points if value is not None}
    names = [code for code in declared.codes if code in there] or sorted(there)[-_MOST_SERIES:]
    names = names[:_MOST_SERIES]
    if not names:
        return None
    # Sorted by name first, so that key, colour and dashes are the same in every language.
    held = sorted((point for point in points if point[0] in names), key=lambda point: (names.index(point[0]), point[1]))
    money = language.money_unit(edition.currency, [value for _, _, value in held] if column.kind == "amount" else [])
    said = {name: str(cell(series, name, language, edition.words)) for name in names}
    words = {name: Markup(text).striptags() for name, text in said.items()}
    picture: Picture | Curves
    if along.kind == "day":
        picture = Picture("line", tuple(Point(day, str(name), _moved(column, value)) for name, day, value in held))
    else:
        picture = Curves(
            tuple((str(name), tuple((step, _moved(column, value)) for of, step, value in held if of == name)) for name in names)
        )
    lines = {name: [point for point in held if point[0] == name] for name in names}
    # The last value of a small line may need a smaller unit than the axis.
    ends = {
        name: language.fitting(money, edition.currency, [_end(line)[2]]) if column.kind == "amount" else money
        for name, line in lines.items()
    }
    sentence = " ".join(_sentence(column, along, line, words[name], language, ends[name]) for name, line in lines.items())
    unit = _unit(column, language, money)
    cuts = tuple(Markup(drawn(picture, cut, lambda value: _axis(column, value, language, money), sentence)) for cut in CUTS)
    keys = tuple((words[name], place + 1, " ".join(map(str, DASHES[place]))) for place, name in enumerate(names))
    across = "" if along.kind == "day" else language.of(along.words.zh, along.words.en)
    title = language.of(declared.title_zh, declared.title_en)
    return FigureChart(cuts, keys if len(keys) > 1 else (), unit, sentence, (), title=title, across=across)


def _moved(column: OpenColumn, value: Decimal | int | None) -> Decimal | None:
    """A value as the axis shows it: shares as per cent."""
    if value is None:
        return None
    return Decimal(value).scaleb(2) if column.kind == "share" else Decimal(value)


def _unit(column: OpenColumn, language: Language, money: MoneyUnit) -> str:
    return {"amount": money.name, "share": "%"}.get(column.kind, language.of(column.words.zh, column.words.en))


def _axis(column: OpenColumn, value: Decimal, language: Language, money: MoneyUnit) -> str:
    return language.short(value.scaleb(-money.power) if column.kind == "amount" else value)


def _end(points: list[tuple[Any, Any, Any]]) -> tuple[Any, Any, Any]:
    return [point for point in points if point[2] is not None][-1]


def _sentence(
    column: OpenColumn, along: OpenColumn, points: list[tuple[Any, Any, Any]], name: str, language: Language, money: MoneyUnit
) -> str:
    """Where a line ends."""
    _, at, value = _end(points)
    if column.kind == "amount":
        last = f"{language.money(value, money)} {money.name}"
    else:
        last = language.number(_moved(column, value), 2 if column.kind == "share" else 0) + ("%" if column.kind == "share" else "")
    if isinstance(at, date):
        return language.say("%(name)s: %(last)s on %(last_day)s.", name=name, last=last, last_day=language.day(at))
    across = language.of(along.words.zh, along.words.en)
    return language.say("%(name)s: %(last)s at the end (%(across)s %(step)s).", name=name, last=last, across=across, step=at)
