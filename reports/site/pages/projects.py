"""The pages of projects under way, masked, so many a page; the whole of them is also a data file."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from markupsafe import Markup

from reports.cells import NO_VALUE, exact_text
from reports.engine.regime import PublicColumn
from reports.site.language import Language
from reports.site.reading.edition import Edition
from reports.site.rendering import Page
from reports.site.shown import writer_for

ROWS_A_PAGE = 200
INDEX = "data/projects-index.json"
"""What the local search reads."""


def project_pages(edition: Edition, language: Language) -> Iterator[Page]:
    """As many pages as the projects need, one where there is none."""
    projects = edition.projects
    title = language.say("Projects under way")
    description = language.say("The loans of %(name)s that are not repaid yet, without a person's name.", name=edition.platform_name)
    if projects is None:
        yield Page(project_path(1), "projects.html.j2", title, description, {"edition": edition, "projects": None}, "projects")
        return
    listed = [(place, column) for place, column in enumerate(projects.columns) if column.is_listed]
    amounts = [row[place] for row in projects.rows for place, column in listed if column.kind == "amount"]
    money = language.money_unit(edition.currency, amounts)
    writer = writer_for(edition, language, ())
    last = -(-len(projects.rows) // ROWS_A_PAGE)
    for number in range(1, last + 1):
        rows = projects.rows[(number - 1) * ROWS_A_PAGE : number * ROWS_A_PAGE]
        content = {
            "edition": edition,
            "projects": projects,
            "columns": [(column, heading(column, language, money.name)) for _, column in listed],
            "rows": [[cell(edition, column, row[place], language, money.power) for place, column in listed] for row in rows],
            "number": number,
            "last": last,
            "first_row": (number - 1) * ROWS_A_PAGE + 1,
            "path": project_path,
            "writer": writer,
            "index": INDEX,
            "rows_a_page": ROWS_A_PAGE,
            "key_title": language.of(projects.columns[0].title_zh, projects.columns[0].title_en),
        }
        named = title if number == 1 else language.say("Projects under way, page %(number)s", number=number)
        yield Page(project_path(number), "projects.html.j2", named, description, content, "projects")


def project_path(number: int) -> str:
    """The address of a page of projects within a language."""
    return "projects/index.html" if number == 1 else f"projects/{number}.html"


def heading(column: PublicColumn, language: Language, money: str) -> str:
    """The title of a column with its unit."""
    title = language.of(column.title_zh, column.title_en)
    unit = {"amount": money, "rate": "%", "month_count": language.unit("months")}.get(column.kind)
    return title if unit is None else language.say("%(title)s (%(unit)s)", title=title, unit=unit)


def cell(edition: Edition, column: PublicColumn, value: Any, language: Language, power: int) -> Markup | str:
    """A value as pages show it: codes in words, flags as yes and no, a dash where it is not told."""
    if value is None:
        return NO_VALUE
    if column.kind == "flag":
        return language.say("yes") if value else language.say("no")
    if column.kind in ("amount", "rate"):
        moved = value.scaleb(2 if column.kind == "rate" else -power)
        return Markup('<data value="{}">{}</data>').format(exact_text(value), language.number(moved, 2))
    if column.kind in ("number", "month_count"):
        return language.number(Decimal(value), 0) if column.kind == "month_count" else str(value)
    known = column.labels or (edition.regime.codes.get(column.codes, {}) if column.codes else {})
    return language.of(*known[value]) if value in known else language.marked(str(value))
