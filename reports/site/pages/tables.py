"""The pages made of public tables: one per day or quarter in them, or one list of rows, as the regime declares."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from markupsafe import Markup

from reports.filing.declare.public_page import DataPage, ShownTable
from reports.site.language import Language
from reports.site.pages.cells import cell, day_name, title_of
from reports.site.pages.charts import FigureChart
from reports.site.pages.table_charts import charts_of
from reports.site.reading.edition import Edition
from reports.site.reading.tables import NUMBERS, OpenColumn, OpenTable, Row
from reports.site.rendering import Page

ROWS_A_PAGE = 100
"""Rows per page of a list: few enough for a small page with free text."""
Found = list[tuple[ShownTable, OpenTable]]
Held = list[tuple[ShownTable, OpenTable, dict[Any, list[Row]]]]


Line = tuple[Markup | str, ...]


@dataclass(frozen=True)
class Block:
    """A table on a page. `head` is (title, whether a number) of its columns; the first column has the names of the lines.

    `groups` are (title, lines); the title is empty when lines need none. `is_named`: the name of a line needs no further words.
    """

    title: str
    head: tuple[tuple[str, bool], ...]
    groups: tuple[tuple[str, tuple[Line, ...]], ...]
    is_named: bool = True


@dataclass(frozen=True)
class Shown:
    """A public table on a page: its files, its charts, and its rows in one block per split."""

    title: str
    file: str
    note: str
    charts: tuple[FigureChart, ...]
    blocks: tuple[Block, ...]
    none: str = ""


@dataclass(frozen=True)
class Day:
    """A day or quarter with its own page."""

    day: date
    name: str
    path: str


def data_pages(edition: Edition) -> list[DataPage]:
    """The declared parts that have a table in the public file."""
    return [page for page in edition.page.data_pages if any(table.relation in edition.tables for table in page.tables)]


def table_pages(edition: Edition, language: Language) -> Iterator[Page]:
    """Every page of every part."""
    for declared in data_pages(edition):
        tables = [(shown, found) for shown in declared.tables if (found := edition.tables.get(shown.relation)) is not None]
        if declared.page_by:
            yield from _pages_by_day(edition, language, declared, tables)
        else:
            yield from _list(edition, language, declared, tables)


def index_path(declared: DataPage) -> str:
    """The first page of a part."""
    return f"{declared.key}/index.html"


def _pages_by_day(edition: Edition, language: Language, declared: DataPage, tables: Found) -> Iterator[Page]:
    days = _days(edition, language, declared, tables)
    newest = days[-1] if days else None
    held = [(shown, table, table.by(declared.page_by)) for shown, table in tables]
    summarised = [_summary(edition, language, shown, table, days) for shown, table in tables if shown.summary is not None and days]
    shown_now = summarised or ([] if newest is None else _on(edition, language, declared, held, newest.day, with_charts=True))
    content = {"days": days[::-1], "day": None if summarised else newest, "is_first": True, "is_summary": bool(summarised)}
    yield _page(edition, language, declared, index_path(declared), "", shown_now, content)
    for place, day in enumerate(days):
        beside = {"before": days[place - 1] if place else None, "after": days[place + 1] if place + 1 < len(days) else None}
        shown_then = _on(edition, language, declared, held, day.day, with_charts=False)
        yield _page(edition, language, declared, day.path, day.name, shown_then, {"day": day, "is_first": False} | beside)


def _page(
    edition: Edition, language: Language, declared: DataPage, path: str, of: str, shown: list[Shown], content: dict[str, Any]
) -> Page:
    title = language.of(declared.title_zh, declared.title_en)
    blank: dict[str, Any] = {"days": [], "day": None, "before": None, "after": None, "is_summary": False}
    given = blank | {"edition": edition, "declared": declared, "shown": shown, "index": index_path(declared)} | content
    given["nothing"] = _nothing(edition, language, declared)
    given["others"] = [(language.of(o.short_zh, o.short_en), index_path(o)) for o in data_pages(edition) if declared.key != o.key and
                       (declared.under or declared.key) == (o.under or o.key)]  # fmt: skip
    description = language.of(declared.about_zh, declared.about_en)
    named = language.say("%(title)s, %(day)s", title=title, day=of) if of else title
    return Page(path, "tables.html.j2", named, description, given, declared.under or declared.key)


def _nothing(edition: Edition, language: Language, declared: DataPage) -> str:
    """The words of a part without a row."""
    if all(edition.is_supplied(table) for table in declared.tables):
        return language.of(declared.none_zh, declared.none_en)
    return language.say("Not supplied: the platform gives no records of this, so it is not known whether there was anything.")


def _days(edition: Edition, language: Language, declared: DataPage, tables: Found) -> list[Day]:
    """The pages: one per quarter, and one per day for which the site shows figures."""
    by = declared.page_by
    found = sorted({value for _, table in tables for value in table.values(by)})
    is_quarter = any(table.column(by).kind == "quarter" for _, table in tables)
    months = {month.day: month for month in edition.months}
    days = []
    for day in found:
        if not is_quarter and day not in months:
            continue
        name = f"{day:%Y}-Q{(day.month + 2) // 3}" if is_quarter else months[day].name
        is_month_end = is_quarter or months[day].is_month_end
        days.append(Day(day, day_name(day, language, is_quarter=is_quarter, is_month_end=is_month_end), f"{declared.key}/{name}.html"))
    return days


def _on(edition: Edition, language: Language, declared: DataPage, held: Held, day: date, *, with_charts: bool) -> list[Shown]:
    return [
        Shown(
            language.heading(table.title.zh, table.title.en),
            table.file,
            language.of(shown.note_zh, shown.note_en),
            charts_of(edition, language, shown, table) if with_charts else (),
            tuple(_blocks(edition, language, shown, table, rows.get(day, []))),
            language.say("Nothing of this day.") if table.rows else language.of(declared.none_zh, declared.none_en),
        )
        for shown, table, rows in held
    ]


def _blocks(edition: Edition, language: Language, shown: ShownTable, table: OpenTable, rows: list[Row]) -> Iterator[Block]:
    """The rows split by `split_by`, then grouped by `group_by`, in the order of the regime's words."""
    columns = [table.column(name) for name in (shown.rows, *shown.columns)]
    head = tuple((title_of(column, language), column.kind in NUMBERS and column.name != shown.rows) for column in columns)
    for split, held in _apart(edition, table, shown.split_by, rows):
        groups = []
        for kind, lines in _apart(edition, table, shown.group_by, held):
            if table.column(shown.rows).kind != "day":  # a list of events keeps its own order
                lines = sorted(lines, key=lambda row: _order(edition, table.column(shown.rows), row[table.place(shown.rows)], kind))
            title = "" if kind == shown.total else _title(edition, language, table, shown.group_by, kind)
            groups.append((title, tuple(_line(edition, language, table, columns, row, kind) for row in lines)))
        is_named = table.column(shown.rows).kind == "text"
        yield Block(_title(edition, language, table, shown.split_by, split), head, tuple(groups), is_named)


def _apart(edition: Edition, table: OpenTable, name: str, rows: list[Row]) -> list[tuple[str, list[Row]]]:
    """Rows by the value of a column; without a column all of them under the empty value."""
    if not name:
        return [("", rows)] if rows else []
    place = table.place(name)
    values = sorted({row[place] for row in rows}, key=lambda value: _order(edition, table.column(name), value, ""))
    return [(value, [row for row in rows if row[place] == value]) for value in values]


def _title(edition: Edition, language: Language, table: OpenTable, name: str, value: str) -> str:
    return language.capital(str(cell(table.column(name), value, language, edition.words))) if name else ""


def _line(edition: Edition, language: Language, table: OpenTable, columns: list[OpenColumn], row: Row, kind: str) -> Line:
    first, *others = columns
    name = cell(first, row[table.place(first.name)], language, edition.words, kind or None)
    return (
        name if isinstance(name, Markup) else language.capital(name),
        *(cell(column, row[table.place(column.name)], language, edition.words) for column in others),
    )


def _order(edition: Edition, column: OpenColumn, value: Any, kind: str) -> tuple[int, str]:
    """Codes in the order of their words; values without words follow in order of value; what is common to all kinds comes last."""
    if not isinstance(value, str):
        return (0, f"{value!s:>12}")
    own, common = (list(edition.words.codes.get(name or "", {})) for name in (kind or column.words.codes, column.words.codes))
    if value in own:
        return (1, f"{own.index(value):>6}")
    return (3, f"{common.index(value):>6}") if value in common else (2, value)


def _summary(edition: Edition, language: Language, shown: ShownTable, table: OpenTable, days: list[Day]) -> Shown:
    """One line per page: some of its columns, and one column at some steps."""
    declared = shown.summary
    assert declared is not None
    by = next(column for column in table.columns if column.kind in ("quarter", "day"))
    beside, column, steps = [table.column(name) for name in declared.beside], table.column(declared.column), table.column(shown.rows)
    at = [step for step in declared.at if step <= max(table.values(shown.rows))]
    title = language.of(steps.words.zh, steps.words.en)
    head = [(language.of(by.words.zh, by.words.en), False), *((title_of(one, language), True) for one in beside)]
    head += [(language.say("%(title)s: %(step)s", title=title, step=step), True) for step in at]
    lines, by_day = [], table.by(by.name)
    for day in reversed(days):
        rows = by_day[day.day]
        held = {row[table.place(shown.rows)]: row for row in rows}
        values = [cell(one, rows[0][table.place(one.name)], language, edition.words) for one in beside]
        values += [cell(column, held[step][table.place(column.name)] if step in held else None, language, edition.words) for step in at]
        lines.append((Markup('<a href="{}">{}</a>').format(day.path.rpartition("/")[2], day.name), *values))
    return Shown(
        language.heading(table.title.zh, table.title.en),
        table.file,
        language.of(shown.note_zh, shown.note_en),
        charts_of(edition, language, shown, table),
        (Block(title_of(column, language), tuple(head), (("", tuple(lines)),)),),
    )


def _list(edition: Edition, language: Language, declared: DataPage, tables: Found) -> Iterator[Page]:
    """The rows of one table, newest first, with a fixed number per page."""
    [(shown, table)] = tables
    rows = sorted(table.rows, key=lambda row: row[table.place(shown.rows)], reverse=True)
    last = max(1, -(-len(rows) // ROWS_A_PAGE))

    def path(number: int) -> str:
        return index_path(declared) if number == 1 else f"{declared.key}/{number}.html"

    for number in range(1, last + 1):
        part = rows[(number - 1) * ROWS_A_PAGE : number * ROWS_A_PAGE]
        title = language.heading(table.title.zh, table.title.en)
        found = Shown(title, table.file, "", (), tuple(_blocks(edition, language, shown, table, part)))
        turned = {
            "before": Day(date.min, language.say("Later"), path(number - 1)) if number > 1 else None,
            "after": Day(date.min, language.say("Earlier"), path(number + 1)) if number < last else None,
        }
        yield _page(
            edition, language, declared, path(number), "" if number == 1 else str(number), [found], {"is_first": number == 1} | turned
        )
