"""The workbook of a filing: one sheet per form, Chinese headings, numbers as numbers, ready to print on A4 landscape.

The same content gives the same bytes: the creation date is the as-of date, and the archive is stored uncompressed with
fixed timestamps, so that not even another version of zlib can change it.
"""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

import xlsxwriter

from reports.filing.declare.regime import Regime
from reports.filing.package.archive import restore_archive
from reports.filing.render.sheets import Cell, Number, Sheet, shown
from reports.present.cells import NO_VALUE, display_width, neutralise

FONT = "SimSun"
# In characters; a Chinese one counts as two. The narrowest sheet still has room for the line about itself.
_WIDEST = 46
_WIDEST_OF = {"figures": 34, "edits": 34}
_NARROWEST_SHEET = 84
_LINE_HEIGHT = 14
_FIRST_ROW = 5
# The format's limits: the library drops a longer text. A header holds 255 characters, and each & counts as two.
_LONGEST_TEXT, _CUT = 32_767, "…（下略 cut here; see the CSV of this form）"
_LONGEST_NAME = 60
# Height of the highest row, in points.
_HIGHEST = 409
# xlsxwriter's numbers for paper sizes.
_A4, _A3 = 9, 8


@dataclass(frozen=True)
class WorkbookHead:
    """What every sheet says about itself."""

    platform_name: str
    filing_id: str
    period: str
    as_of: date
    version: int
    figures_sha256: str
    is_draft: bool


def build_workbook(regime: Regime, head: WorkbookHead, sheets: Sequence[Sheet]) -> bytes:
    """The workbook's bytes: one sheet per form, in the order given."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties(
        {
            "title": neutralise(regime.title_zh),
            "author": neutralise(head.platform_name),
            "created": datetime.combine(head.as_of, time()),  # a fixed timestamp, not the time of the run
        }
    )
    drawing = _Sheets(book, regime, head)
    for sheet in sheets:
        drawing.add(sheet)
    book.close()
    return restore_archive(buffer.getvalue())


@dataclass(frozen=True)
class _Look:
    """How a cell looks: font, alignment, border, number format."""

    bold: bool = False
    size: int = 10
    align: str = "left"
    color: str = "#000000"
    border: bool = False
    wrap: bool = False
    heading: bool = False
    number: str | None = None

    def properties(self) -> dict[str, Any]:
        """The look as xlsxwriter's properties."""
        wanted: dict[str, Any] = {"font_name": FONT, "font_size": self.size, "align": self.align, "valign": "vcenter"}
        wanted |= {"font_color": self.color, "bold": self.bold or self.heading}
        if self.border or self.heading:
            wanted |= {"border": 1, "border_color": "#8A8A8A"}
        if self.wrap or self.heading:
            wanted["text_wrap"] = True
        if self.heading:
            wanted |= {"align": "center", "bg_color": "#E8EEF4"}
        if self.number is not None:
            wanted["num_format"] = self.number
        return wanted


class _Sheets:
    """Writes sheets with one set of looks."""

    def __init__(self, book: xlsxwriter.Workbook, regime: Regime, head: WorkbookHead) -> None:
        self._book, self._regime, self._head = book, regime, head
        self._formats: dict[_Look, Any] = {}

    def add(self, form: Sheet) -> None:
        """A sheet: title, a line about the filing, a remark, headings, rows, and the line to sign on."""
        sheet = self._book.add_worksheet(form.sheet)
        last = len(form.headings) - 1
        head = self._head
        sheet.merge_range(0, 0, 0, last, neutralise(form.title_zh), self._format(_Look(bold=True, size=16, align="center")))
        sheet.merge_range(1, 0, 1, last, neutralise(form.title_en), self._format(_Look(size=10, align="center")))
        state = "　【草稿 DRAFT】" if head.is_draft else ""
        about = f"填报机构：{head.platform_name}　　报告期：{head.period}　　截至：{head.as_of}　　版本：{head.version}{state}"
        colour = "#C00000" if head.is_draft else "#000000"
        sheet.merge_range(2, 0, 2, last, neutralise(about), self._format(_Look(size=10, align="left", color=colour)))
        sheet.merge_range(3, 0, 3, last, neutralise(form.remark), self._format(_Look(size=9, align="left", color="#595959")))
        if not form.remark:
            sheet.set_row(3, 3)
        for column, heading in enumerate(form.headings):
            sheet.write_string(4, column, neutralise(heading), self._format(_Look(heading=True)))
        for row, line in enumerate(form.rows):
            for column, value in enumerate(line):
                self._write(sheet, row + _FIRST_ROW, column, value, is_total=row >= len(form.rows) - form.total_rows)
        for (row, column), text in form.notes.items():
            size = {"x_scale": 3.2, "y_scale": 0.32 * (3 + display_width(text) / 58)}
            sheet.write_comment(row + _FIRST_ROW, column, text, {"author": "Glassbook", "font_size": 9, **size})
        end = len(form.rows) + _FIRST_ROW + 1
        line_to_sign = f"{self._regime.signatory_zh}（签字）：________________　　日期：________________"
        sheet.merge_range(end, 0, end, last, line_to_sign, self._format(_Look(size=10, align="left")))
        self._fit(sheet, form)
        self._print_set_up(sheet, form)

    def _write(self, sheet: Any, row: int, column: int, value: Cell, is_total: bool) -> None:
        if not isinstance(value, Number):
            sheet.write_string(row, column, _fitted(neutralise(value)), self._format(_Look(border=True, wrap=True, bold=is_total)))
        elif value.value is None:
            sheet.write_string(row, column, NO_VALUE, self._format(_Look(border=True, align="right", bold=is_total)))
        elif value.fits_a_cell:
            # xlsxwriter prints a Decimal digit by digit; it never becomes a float.
            look = self._format(_Look(border=True, align="right", number=value.cell_format, bold=is_total))
            sheet.write_number(row, column, value.value.normalize() + 0, look)
        else:
            sheet.write_string(row, column, value.shown, self._format(_Look(border=True, align="right", bold=is_total)))

    def _fit(self, sheet: Any, form: Sheet) -> None:
        """Column widths for the longest text, and row heights for texts that wrap at the maximum width."""
        widths = []
        for column, heading in enumerate(form.headings):
            texts = [*heading.split("\n"), *(shown(line[column]) for line in form.rows)]
            widths.append(min(_WIDEST_OF.get(form.layout, _WIDEST), 2 + max(display_width(text) for text in texts) * 1.05))
        spread = max(1.0, _NARROWEST_SHEET / sum(widths))
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width * spread)
        sheet.set_row(4, _LINE_HEIGHT * max(1 + heading.count("\n") for heading in form.headings) + 6)
        for row, line in enumerate(form.rows):
            wrapped = max(math.ceil(display_width(shown(v)) * 1.08 / (w * spread)) for v, w in zip(line, widths, strict=True))
            sheet.set_row(row + _FIRST_ROW, min(_LINE_HEIGHT * max(1, wrapped) + 4, _HIGHEST))

    def _print_set_up(self, sheet: Any, form: Sheet) -> None:
        sheet.freeze_panes(_FIRST_ROW, form.frozen_columns)
        sheet.set_landscape()
        sheet.set_paper(_A3 if form.layout == "projects" else _A4)
        sheet.set_margins(left=0.5, right=0.5, top=0.8, bottom=0.7)
        sheet.fit_to_pages(1, 0)
        sheet.center_horizontally()
        sheet.repeat_rows(4)
        sheet.hide_gridlines(2)
        if form.layout == "projects" and form.rows:
            sheet.autofilter(4, 0, len(form.rows) + 4, len(form.headings) - 1)
        # A header that is too long is not printed at all, so it would not even say that this is a draft.
        platform = self._head.platform_name[:_LONGEST_NAME].replace("&", "&&")
        draft = "&R&KC00000草稿 DRAFT" if self._head.is_draft else ""
        sheet.set_header(f"&L{platform}&C{form.title_zh.replace('&', '&&')}{draft}")
        head = self._head
        sheet.set_footer(f"&L&8{head.filing_id}　版本 {head.version}　SHA-256 {head.figures_sha256}&R第 &P 页，共 &N 页")

    def _format(self, look: _Look) -> Any:
        if look not in self._formats:
            self._formats[look] = self._book.add_format(look.properties())
        return self._formats[look]


def _fitted(text: str) -> str:
    return text if len(text) <= _LONGEST_TEXT else text[: _LONGEST_TEXT - len(_CUT)] + _CUT
