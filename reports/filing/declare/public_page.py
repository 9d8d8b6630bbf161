"""What a regime declares of its public site: which figures and which tables of the public file it shows, and how.

Belongs here: the records. Does not: words of columns and codes (the regime's public_data.yml), or any page.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Chart(_Record):
    """A chart of stored figures of one unit by month, for the first page."""

    key: str
    title_zh: str
    title_en: str
    codes: tuple[str, ...]
    kind: Literal["area", "line"]


class PageSection(_Record):
    """A group of figures on the public page."""

    title_zh: str
    title_en: str
    sections: tuple[str, ...]


class PublicTable(_Record):
    """A table of the public file that the site shows and offers. `file` names its data files, such as overdue."""

    relation: str
    file: str = Field(pattern=r"^[a-z][a-z0-9-]*$")
    needs: tuple[str, ...] = ()
    """Tables of the contract without which it has no row whatever happened: it is then not supplied."""


class PublicProjects(PublicTable):
    """The projects under way as the public sees them; the first column listed is the key. The data files hold every column."""

    listed: tuple[str, ...]


class TableChart(_Record):
    """A chart of one column: one line per value of `series`; `along`, a day or a number, is the x axis. `where` filters the rows."""

    title_zh: str
    title_en: str
    column: str
    along: str
    series: str
    codes: tuple[str, ...] = ()
    """The values of `series` that are drawn, in order; the newest if empty."""
    where: dict[str, str] = {}


class TableSummary(_Record):
    """What a table's first page shows of each page: the columns `beside`, and `column` for each value `at` of the table's `rows`."""

    column: str
    at: tuple[int, ...]
    beside: tuple[str, ...] = ()


class ShownTable(PublicTable):
    """How a page shows a table: one line per value of `rows`, split by `split_by`, grouped by `group_by`, with `columns` as numbers."""

    rows: str
    columns: tuple[str, ...]
    split_by: str = ""
    group_by: str = ""
    total: str = ""
    """The value of `group_by` that is the total of all groups, and needs no title."""
    note_zh: str = ""
    note_en: str = ""
    charts: tuple[TableChart, ...] = ()
    summary: TableSummary | None = None


class DataPage(_Record):
    """A part of the site made of public tables: one page per value of `page_by` (a day), or one list of rows where that is empty."""

    key: str = Field(pattern=r"^[a-z][a-z0-9-]*$")
    """Its folder, which never changes."""
    under: str = ""
    """Key of the navigation entry to which it belongs, if it has none of its own."""
    short_zh: str
    short_en: str
    title_zh: str
    title_en: str
    question_zh: str
    question_en: str
    about_zh: str
    about_en: str
    none_zh: str
    none_en: str
    """Its text when nothing is known."""
    rule_title_zh: str = ""
    rule_title_en: str = ""
    rule_zh: tuple[str, ...] = ()
    rule_en: tuple[str, ...] = ()
    """How the numbers are made, in paragraphs."""
    page_by: str = ""
    tables: tuple[ShownTable, ...]


class FigureParts(PublicTable):
    """The parts of figures by kind. `codes` are the lists of words for each figure's kinds, in the regime's public data."""

    codes: dict[str, str]


class Sentence(_Record):
    """What a figure says about how safe the platform is; {value} stands for the figure with its unit."""

    code: str
    zh: str
    en: str


class PublicPage(_Record):
    """What the public site of a regime shows, in order. It opens in the first of `languages`."""

    title_zh: str
    title_en: str
    languages: tuple[str, ...] = ("zh", "en")
    highlights: tuple[str, ...]
    """Figures on the first page, the most important first."""
    safety: tuple[Sentence, ...] = ()
    """Sentences about how safe the platform is, each with a figure."""
    fees: tuple[str, ...] = ()
    complaints: tuple[str, ...] = ()
    """Figures that the page of the platform shows next to its schedule of fees and its channels of complaint."""
    groups: tuple[PageSection, ...]
    charts: tuple[Chart, ...]
    part_units: dict[str, tuple[str, str]] = {}
    """Units of numerator and denominator of ratios, as the catalogue names units; `money` for an amount."""
    projects: PublicProjects | None = None
    parts: FigureParts | None = None
    data_pages: tuple[DataPage, ...] = ()

    @property
    def tables(self) -> tuple[PublicTable, ...]:
        """Every table of the public file that the site offers."""
        single = tuple(table for table in (self.projects, self.parts) if table is not None)
        return single + tuple(table for page in self.data_pages for table in page.tables)
