"""The pages of projects under way, masked, with a fixed number per page; a data file has all of them."""

from __future__ import annotations

from collections.abc import Iterator

from reports.site.language import Language
from reports.site.pages.cells import cell, title_of
from reports.site.reading.edition import Edition
from reports.site.reading.tables import NUMBERS, OpenColumn, OpenTable
from reports.site.rendering import Page

ROWS_A_PAGE = 200
AS_OF = "as_of_on"
"""The column with the day of the list, the same in each row."""
INDEX = "data/projects-index.json"
"""The file that the local search reads."""


def project_pages(edition: Edition, language: Language) -> Iterator[Page]:
    """As many pages as the projects need; one page if there are none."""
    projects = edition.projects
    title = language.say("Projects under way")
    description = language.say("The loans of %(name)s that are not repaid yet, without a person's name.", name=edition.platform_name)
    if projects is None:
        yield Page(project_path(1), "projects.html.j2", title, description, {"edition": edition, "projects": None}, "projects")
        return
    listed = listed_columns(edition, projects)
    as_of = projects.rows[0][projects.place(AS_OF)]
    last = -(-len(projects.rows) // ROWS_A_PAGE)
    for number in range(1, last + 1):
        rows = projects.rows[(number - 1) * ROWS_A_PAGE : number * ROWS_A_PAGE]
        content = {
            "edition": edition,
            "projects": projects,
            "as_of": as_of,
            "columns": [(title_of(column, language), column.kind in NUMBERS) for column in listed],
            "rows": [[cell(column, row[projects.place(column.name)], language, edition.words) for column in listed] for row in rows],
            "number": number,
            "last": last,
            "first_row": (number - 1) * ROWS_A_PAGE + 1,
            "path": project_path,
            "index": INDEX,
        }
        named = title if number == 1 else language.say("Projects under way, page %(number)s", number=number)
        yield Page(project_path(number), "projects.html.j2", named, description, content, "projects")


def listed_columns(edition: Edition, projects: OpenTable) -> list[OpenColumn]:
    """The columns that pages show; the first is the key."""
    declared = edition.page.projects
    return [] if declared is None else [projects.column(name) for name in declared.listed]


def project_path(number: int) -> str:
    """The address of a page of projects within a language."""
    return "projects/index.html" if number == 1 else f"projects/{number}.html"
