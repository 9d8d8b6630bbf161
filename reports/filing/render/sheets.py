"""A form as rows of text and numbers. Workbook, CSV and PDF are all made from it, so that they say the same.

Belongs here: what a cell and a sheet are. Does not: what a form says (`forms`), or how a document looks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from glassbook.money import format_decimal
from reports.present.cells import NO_VALUE, csv_text, exact_text, grouped
from reports.present.units import number_format

# A spreadsheet number holds 15 significant digits; a longer number is written as text so that no cent is lost.
_EXACT_DIGITS = 15


@dataclass(frozen=True)
class Number:
    """An exact number and how many decimal places are shown; None is a dash."""

    value: Decimal | None
    decimals: int
    unit: str = ""

    @classmethod
    def exact(cls, value: Decimal | None) -> Number:
        """A number with all its decimal places, at least two when it has any."""
        return cls(value, len((exact_text(value) or "").partition(".")[2]))

    @property
    def shown(self) -> str:
        """For people: with thousands separators."""
        return grouped(self.value, self.decimals)

    @property
    def plain(self) -> str:
        """For machines: digits and a point; empty for no value."""
        return format_decimal(self.value, self.decimals) or ""

    @property
    def cell_format(self) -> str:
        """The spreadsheet's number format for it."""
        return number_format(self.unit, self.decimals)

    @property
    def fits_a_cell(self) -> bool:
        """Whether a spreadsheet number holds it exactly."""
        return self.value is not None and len(self.value.normalize().as_tuple().digits) <= _EXACT_DIGITS


Cell = str | Number


@dataclass(frozen=True)
class Sheet:
    """One form. `notes` are remarks on cells by (row, column); `remark` stands below the title."""

    key: str
    sheet: str
    title_zh: str
    title_en: str
    csv: str
    headings: tuple[str, ...]
    rows: Sequence[Sequence[Cell]]
    notes: Mapping[tuple[int, int], str] = field(default_factory=dict)
    remark: str = ""
    remark_alone: str = ""
    """The remark where a document shows it without the rows."""
    frozen_columns: int = 1
    layout: str = "table"
    total_rows: int = 0
    """Number of rows at the end that are totals of those above."""

    def to_csv(self) -> bytes:
        """The form as CSV (UTF-8 with byte order mark, for spreadsheets): every text neutralised, numbers plain."""
        header = [heading.replace("\n", " ") for heading in self.headings]
        rows = [[cell.plain if isinstance(cell, Number) else cell for cell in row] for row in self.rows]
        # A number that begins with a minus is a number; only text is neutralised.
        return (
            b"\xef\xbb\xbf"
            + csv_text(
                header, [[_plain(cell, row[i]) for i, cell in enumerate(line)] for line, row in zip(self.rows, rows, strict=True)]
            ).encode()
        )


def _plain(cell: Cell, text: str) -> object:
    return None if text == "" else Decimal(text) if isinstance(cell, Number) else text


def shown(cell: Cell) -> str:
    """A cell as people read it."""
    return cell.shown if isinstance(cell, Number) else cell


__all__ = ["NO_VALUE", "Cell", "Number", "Sheet", "shown"]
