"""Workbooks as lines of text: every cell that the sheet holds, as it was entered, or an error that names the cell.

Belongs here: reading a sheet's cells, and which of them are no values. Does not: what the texts mean in a column (`csv_files`).
"""

from __future__ import annotations

import csv
import re
import zipfile
from collections.abc import Callable, Iterator
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

from openpyxl.reader.excel import load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet._reader import FORMULA_TAG, VALUE_TAG, WorkSheetParser

from glassbook.engine_errors import is_full_disk
from glassbook.errors import InputError
from ingestion.sources.folder.unpacking import require_ample_archive

TOO_LONG = 10**15
"""A spreadsheet keeps 15 digits; in numbers of this size or larger it may have replaced the rest by zeros."""

# Written by a program that leaves computing the results to the program that opens the workbook.
_NOT_CALCULATED = re.compile(rb"""\sfullCalcOnLoad\s*=\s*["'](1|true)["']""")


class _Cells(WorkSheetParser):  # type: ignore[misc]
    """The library's reader of a sheet, which also reports cells that are formulas without a result.

    It is used without the library's worksheet, which trusts the range that the file declares, and drops a row that comes twice.
    """

    doubts_results = False

    def parse_cell(self, element: Any) -> dict[str, Any]:
        cell: dict[str, Any] = super().parse_cell(element)
        if (cell["value"] is None or self.doubts_results) and element.find(FORMULA_TAG) is not None:
            # An empty text is a result; an empty number is not.
            is_empty_text = element.get("t") == "str" and element.find(VALUE_TAG) is not None
            if self.doubts_results or not is_empty_text:
                cell["data_type"] = "f"
        return cell


def lines_of_workbook(path: Path, workbook: Path, target: Path, days: frozenset[str]) -> list[tuple[int, int]]:
    """Writes the one visible sheet of `workbook`, which was offered as `path`, as CSV without empty rows.

    `days`: columns of calendar days, which a workbook keeps as midnights. Returns where rows were left out, as (record, row of the sheet);
    from there on both increase by one. Raises InputError for a cell that is no value and for a file that is no complete workbook.
    """
    try:
        with zipfile.ZipFile(workbook) as archive:
            require_ample_archive(workbook, archive)
        book = load_workbook(workbook, read_only=True, data_only=True)
        sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
        if len(sheets) != 1:
            raise InputError(
                found=f"{len(sheets)} visible sheets",
                where=str(path),
                expected="one sheet with a header in its first row",
                remedy="Keep one table per workbook; hide or remove the other sheets.",
            )
        with sheets[0]._get_source() as source, target.open("w", encoding="utf-8", newline="") as out:
            cells = _Cells(
                source,
                sheets[0]._shared_strings,
                data_only=True,
                epoch=book.epoch,
                date_formats=book._date_formats,
                timedelta_formats=book._timedelta_formats,
            )
            cells.doubts_results = _leaves_results_to_others(workbook)
            jumps = _write(_rows(cells, path, sheets[0].title), out, days)
        book.close()
    except (InvalidFileException, zipfile.BadZipFile, KeyError, IndexError, OSError, ValueError, TypeError, EOFError, SyntaxError) as error:
        if is_full_disk(error):
            raise
        raise InputError(
            found=f"a file that is no whole workbook ({error})",
            where=str(path),
            expected="an .xlsx workbook without a password",
            remedy="Save it again as .xlsx; .xls and .csv are other forms.",
        ) from error
    return jumps


def _leaves_results_to_others(workbook: Path) -> bool:
    with zipfile.ZipFile(workbook) as archive:
        parts = [name for name in archive.namelist() if name.lower().endswith("workbook.xml")]
        return any(_NOT_CALCULATED.search(archive.read(name)) for name in parts)


def _rows(cells: _Cells, path: Path, sheet: str) -> Iterator[tuple[int, dict[int, Any]]]:
    """Number and values by column of each row that is not empty; the first one is the header."""
    header: dict[int, Any] | None = None
    last = 0
    for number, row in cells.parse():
        if number <= last:
            raise _wrong_cell(path, sheet, f"row {number}", f"row {number} after row {last}", "rows in their order, each once")
        last = number
        values: dict[int, Any] = {}
        for cell in row:
            if cell["value"] is None and cell["data_type"] != "f":
                continue
            place = f"{get_column_letter(cell['column'])}{number}"
            _require_value(cell, path, sheet, place)
            if cell["row"] != number or cell["column"] in values:
                raise _wrong_cell(
                    path, sheet, place, f"a cell of row {cell['row']} that is out of its place", "every cell once, in its row"
                )
            if header is not None and cell["column"] not in header and not _is_blank(cell["value"]):
                raise _wrong_cell(
                    path, sheet, place, f"{cell['value']!r} in a column without a name", "a name in the first row for every column"
                )
            values[cell["column"]] = cell["value"]
        if all(map(_is_blank, values.values())):
            continue
        if header is None:
            if number != 1:
                raise _wrong_cell(path, sheet, "row 1", "nothing in the first row", "a header in the first row, then the rows")
            header = values = {column: value for column, value in values.items() if not _is_blank(value)}
        yield number, values


def _is_blank(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _require_value(cell: dict[str, Any], path: Path, sheet: str, place: str) -> None:
    """Raises InputError for a cell whose content is no value, in any column."""
    value, kind = cell["value"], cell["data_type"]
    if kind == "f":
        raise _wrong_cell(
            path,
            sheet,
            place,
            "a formula without a stored result",
            "values",
            "Open it in a spreadsheet program, which calculates, and save it.",
        )
    if kind == "e":
        raise _wrong_cell(path, sheet, place, f"the error {value}", "values", "Correct the formula or the value.")
    if isinstance(value, int | float) and not abs(value) < TOO_LONG:
        raise _wrong_cell(
            path,
            sheet,
            place,
            f"the number {value:g} of more digits than a spreadsheet keeps",
            f"numbers below {TOO_LONG:,}, which are kept to the last digit",
            "Enter it as text, or export the table as CSV or Parquet from where the number is whole.",
        )


def _wrong_cell(
    path: Path, sheet: str, place: str, found: str, expected: str, remedy: str = "Correct the sheet or its export."
) -> InputError:
    return InputError(found=found, where=f"{path}, sheet {sheet}, {place}", expected=expected, remedy=remedy)


def _write(rows: Iterator[tuple[int, dict[int, Any]]], out: Any, days: frozenset[str]) -> list[tuple[int, int]]:
    # A text is in quotes, so that an empty text is not read as null.
    writer = csv.writer(out, quoting=csv.QUOTE_STRINGS if hasattr(csv, "QUOTE_STRINGS") else csv.QUOTE_MINIMAL)
    columns: list[tuple[int, bool]] = []
    jumps: list[tuple[int, int]] = []
    expected = 1
    for record, (number, values) in enumerate(rows, 1):
        if number != expected:
            jumps.append((record, number))
        expected = number + 1
        if record == 1:
            columns = [(column, str(values[column]).strip() in days) for column in sorted(values)]
            writer.writerow([_as_text(values[column]) for column, _ in columns])
        else:
            writer.writerow([_as_text(values.get(column), is_day) for column, is_day in columns])
    return jumps


def _as_text(value: Any, is_day: bool = False) -> str | None:
    if is_day and isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    for kind, told in _TOLD:
        if isinstance(value, kind):
            return told(value)
    return None if value is None else str(value).replace("\r", "")


# A cell's number is binary; its shortest text is the decimal that was typed.
_TOLD: tuple[tuple[type, Callable[[Any], str]], ...] = (
    (bool, lambda value: "true" if value else "false"),
    (int, str),
    (float, lambda value: f"{Decimal(repr(value)):f}".removesuffix(".0")),
    (datetime, lambda value: value.isoformat(sep=" ")),
    (date, lambda value: value.isoformat()),
)
