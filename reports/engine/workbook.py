"""The workbook of a filing: one sheet a form, Chinese headings, numbers as numbers, ready to print on A4 landscape.

The same content gives the same bytes: the creation date is the as-of date, and the archive is stored uncompressed with
fixed stamps, so that not even another version of zlib can change it.
"""

from __future__ import annotations

import io
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import xlsxwriter

from glassbook.catalogue import Metric
from reports.cells import NO_VALUE, display_width, exact_text, neutralise
from reports.engine.archive import restore_archive
from reports.engine.breakdowns import BrokenDown
from reports.engine.regime import Form, Regime
from reports.figures import Figure
from reports.notes import note_in_words
from reports.units import number_format, unit_zh

FONT = "SimSun"
# A spreadsheet number holds 15 significant digits; what needs more is written as text so that no cent is lost.
_EXACT_DIGITS = 15
# In characters; a Chinese one counts for two. The narrowest sheet still has room for the line about itself.
_WIDEST = 46
_NARROWEST_SHEET = 84
_LINE_HEIGHT = 14
_HEADINGS = ("代码", "指标", "Indicator", "单位", "数值", "分子", "分母", "备注")


@dataclass(frozen=True)
class WorkbookHead:
    """What every sheet says about itself."""

    platform_name: str
    period: str
    as_of: date
    version: int
    snapshot_id: str
    is_draft: bool


def build_workbook(
    regime: Regime,
    head: WorkbookHead,
    metrics: Sequence[Metric],
    figures: Mapping[str, Figure],
    breakdowns: Sequence[BrokenDown],
) -> bytes:
    """The workbook's bytes: the regime's forms, then its breakdowns."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties(
        {
            "title": neutralise(regime.title_zh),
            "author": neutralise(head.platform_name),
            "created": datetime.combine(head.as_of, time()),  # a fixed stamp, not an instant
        }
    )
    sheets = _Sheets(book, regime, head)
    for form in regime.forms:
        sheets.add_form(form, [m for m in metrics if m.section in form.sections], figures)
    for breakdown in breakdowns:
        sheets.add_breakdown(breakdown, figures)
    book.close()
    return restore_archive(buffer.getvalue())


class _Sheets:
    """Draws sheets of one look."""

    def __init__(self, book: xlsxwriter.Workbook, regime: Regime, head: WorkbookHead) -> None:
        self._book, self._regime, self._head = book, regime, head
        self._formats: dict[tuple[tuple[str, Any], ...], Any] = {}

    def add_form(self, form: Form, metrics: Sequence[Metric], figures: Mapping[str, Figure]) -> None:
        """A sheet of figures, one a row; the definition is a note on the name."""
        lines = []
        for metric in metrics:
            figure = figures[metric.code]
            cells: list[object] = [metric.code, metric.name_zh, metric.name_en, unit_zh(figure.unit)]
            cells += [_Number(figure.value, number_format(figure.unit, figure.decimals))]
            # Of a plain figure the numerator is the value itself: showing it twice would only ask to be explained.
            parts = () if figure.denominator is None else (figure.numerator, figure.denominator)
            cells += [_exact(part) for part in parts] or ["", ""]
            lines.append([*cells, note_in_words(self._regime, figure.code, figure.note, lambda n: f"{n:,f}元")])
        notes = {(row, 1): _definition(metric) for row, metric in enumerate(metrics)}
        self._sheet(form.sheet, form.title_zh, form.title_en, _HEADINGS, lines, notes)

    def add_breakdown(self, broken: BrokenDown, figures: Mapping[str, Figure]) -> None:
        """A sheet of kinds; its last line is the figure itself, which the kinds add up to."""
        declared = broken.declared
        headings = [f"{column.title_zh}\n{column.title_en}" for column in declared.columns]
        lines: list[list[object]] = [
            [
                column.labels.get(str(value), str(value)) if column.decimals is None else _Number(value, number_format("", column.decimals))
                for column, value in zip(declared.columns, row, strict=True)
            ]
            for row in broken.rows
        ]
        if not broken.is_supplied:
            lines = [["未提供 not supplied", *[""] * (len(declared.columns) - 1)]]
        lines.append(_totals(broken, figures))
        self._sheet(declared.sheet, declared.title_zh, declared.title_en, headings, lines, {})

    def _sheet(
        self,
        name: str,
        title_zh: str,
        title_en: str,
        headings: Sequence[str],
        lines: Sequence[Sequence[object]],
        notes: Mapping[tuple[int, int], str],
    ) -> None:
        sheet = self._book.add_worksheet(name)
        last = len(headings) - 1
        head = self._head
        sheet.merge_range(0, 0, 0, last, neutralise(title_zh), self._format(bold=True, size=16, align="center"))
        sheet.merge_range(1, 0, 1, last, neutralise(title_en), self._format(size=10, align="center"))
        state = "　【草稿 DRAFT】" if head.is_draft else ""
        about = f"填报机构：{head.platform_name}　　报告期：{head.period}　　截至：{head.as_of}　　版本：{head.version}{state}"
        colour = "#C00000" if head.is_draft else "#000000"
        sheet.merge_range(2, 0, 2, last, neutralise(about), self._format(size=10, align="left", color=colour))
        for column, heading in enumerate(headings):
            sheet.write_string(3, column, neutralise(heading), self._format(heading=True))
        for row, line in enumerate(lines):
            for column, value in enumerate(line):
                self._write(sheet, row + 4, column, value)
        for (row, column), text in notes.items():
            size = {"x_scale": 3.2, "y_scale": 0.32 * (3 + display_width(text) / 58)}
            sheet.write_comment(row + 4, column, text, {"author": "Glassbook", "font_size": 9, **size})
        end = len(lines) + 5
        sheet.merge_range(
            end,
            0,
            end,
            last,
            f"{self._regime.signatory_zh}（签字）：________________　　日期：________________",
            self._format(size=10, align="left"),
        )
        self._fit(sheet, headings, lines)
        self._print_set_up(sheet, title_zh, frozen_columns=2 if len(headings) == len(_HEADINGS) else 1)

    def _write(self, sheet: Any, row: int, column: int, value: object) -> None:
        if not isinstance(value, _Number):
            sheet.write_string(row, column, neutralise(str(value)), self._format(border=True, wrap=True))
        elif value.number is None:
            sheet.write_string(row, column, NO_VALUE, self._format(border=True, align="right"))
        elif value.is_exact:
            # xlsxwriter prints a Decimal digit by digit; it never becomes a float on the way.
            sheet.write_number(row, column, value.number, self._format(border=True, align="right", number=value.shape))
        else:
            sheet.write_string(row, column, value.text, self._format(border=True, align="right"))

    def _fit(self, sheet: Any, headings: Sequence[str], lines: Sequence[Sequence[object]]) -> None:
        """Widths that hold the longest text of a column, and heights for texts that wrap within the widest."""
        widths = []
        for column, heading in enumerate(headings):
            texts = [*heading.split("\n"), *(_shown(line[column]) for line in lines)]
            widths.append(min(_WIDEST, 2 + max(display_width(text) for text in texts) * 1.05))
        spread = max(1.0, _NARROWEST_SHEET / sum(widths))
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width * spread)
        sheet.set_row(3, _LINE_HEIGHT * max(1 + heading.count("\n") for heading in headings) + 6)
        for row, line in enumerate(lines):
            wrapped = max(math.ceil(display_width(_shown(v)) * 1.05 / (w * spread)) for v, w in zip(line, widths, strict=True))
            sheet.set_row(row + 4, _LINE_HEIGHT * max(1, wrapped) + 4)

    def _print_set_up(self, sheet: Any, title: str, frozen_columns: int) -> None:
        sheet.freeze_panes(4, frozen_columns)
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.set_margins(left=0.5, right=0.5, top=0.8, bottom=0.7)
        sheet.fit_to_pages(1, 0)
        sheet.center_horizontally()
        sheet.repeat_rows(3)
        sheet.hide_gridlines(2)
        platform = self._head.platform_name.replace("&", "&&")
        draft = "&R&KC00000草稿 DRAFT" if self._head.is_draft else ""
        sheet.set_header(f"&L{platform}&C{title}{draft}")
        sheet.set_footer(f"&L快照 {self._head.snapshot_id}　版本 {self._head.version}&R第 &P 页，共 &N 页")

    def _format(
        self,
        *,
        bold: bool = False,
        size: int = 10,
        align: str = "left",
        color: str = "#000000",
        border: bool = False,
        wrap: bool = False,
        heading: bool = False,
        number: str | None = None,
    ) -> Any:
        wanted: dict[str, Any] = {"font_name": FONT, "font_size": size, "align": align, "valign": "vcenter"}
        wanted |= {"font_color": color, "bold": bold or heading}
        if border or heading:
            wanted |= {"border": 1, "border_color": "#8A8A8A"}
        if wrap or heading:
            wanted["text_wrap"] = True
        if heading:
            wanted |= {"align": "center", "bg_color": "#E8EEF4"}
        if number is not None:
            wanted["num_format"] = number
        key = tuple(sorted(wanted.items()))
        if key not in self._formats:
            self._formats[key] = self._book.add_format(wanted)
        return self._formats[key]


class _Number:
    """A number of a cell with the format that shows it; None is a dash."""

    def __init__(self, number: Decimal | int | None, shape: str) -> None:
        self.number = None if number is None else Decimal(number).normalize() + 0
        self.shape = shape

    @property
    def text(self) -> str:
        return NO_VALUE if self.number is None else f"{self.number:,f}"

    @property
    def is_exact(self) -> bool:
        return self.number is not None and len(self.number.as_tuple().digits) <= _EXACT_DIGITS


def _exact(value: Decimal | None) -> _Number:
    places = len((exact_text(value) or "").partition(".")[2])
    return _Number(value, number_format("", places))


def _shown(value: object) -> str:
    if not isinstance(value, _Number):
        return str(value)
    # Room for the decimals that the format adds to a round number.
    return value.text + ("" if "." in value.text else ".00")


def _totals(broken: BrokenDown, figures: Mapping[str, Figure]) -> list[object]:
    cells: list[object] = ["合计 Total"]
    for column, total in zip(broken.declared.columns[1:], broken.totals, strict=True):
        figure = figures.get(column.total_code or "")
        shown = figure.value if figure is not None else total if broken.is_supplied else None
        cells.append(_Number(shown, number_format("", column.decimals or 0)))
    return cells


def _definition(metric: Metric) -> str:
    return "\n".join([metric.definition_zh, metric.definition_en, f"公式：{metric.formula}", f"依据：{metric.basis}"])
