"""How one value looks in an output file: exact numbers as text, and text that a spreadsheet will not run.

Nothing here depends on figures, forms or regimes.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from decimal import Decimal

from glassbook.money import format_decimal

NO_VALUE = "—"

# What spreadsheets take for the start of a formula, with full-width forms (East Asian locales accept those too).
_FORMULA_STARTS = "=+-@＝＋－＠"
# An apostrophe, which spreadsheets read as "this is text".
_GUARD = "'"


def neutralise(text: str) -> str:
    """`text` so that no spreadsheet runs it: an apostrophe goes before what would begin a formula."""
    # The fast path: most of some million cells.
    if text[:1].isalnum():
        return text
    # A spreadsheet skips spaces and invisible characters at the beginning, so these do not count.
    first = next((sign for sign in text if sign.isprintable() and not sign.isspace()), "")
    begins_formula = first != "" and first in _FORMULA_STARTS
    return _GUARD + text if begins_formula or text.startswith(("\t", "\r", "\n")) else text


def printable(text: str) -> str:
    """`text` on one line, with each control character that a terminal would obey written as Python's escape."""
    return "".join(sign if sign.isprintable() or sign == "\u3000" else sign.encode("unicode_escape").decode() for sign in text)


def exact_text(value: Decimal | None) -> str | None:
    """`value` in full without trailing zeros, with at least two decimals when it has any: 3, 12.50, 0.33333333."""
    if value is None:
        return None
    text = f"{value:f}"
    if "." not in text:
        return text
    whole, fraction = text.split(".")
    fraction = fraction.rstrip("0")
    return f"{whole}.{fraction.ljust(2, '0')}" if fraction else whole


def grouped(value: Decimal | None, decimals: int) -> str:
    """`value` for people: thousands separators, exactly `decimals` places, a dash for no value."""
    text = format_decimal(value, decimals)
    return NO_VALUE if text is None else f"{Decimal(text):,f}"


def display_width(text: str) -> int:
    """Columns that `text` takes in a fixed-width font; a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


def csv_text(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A CSV document (UTF-8, comma, line feed). Numbers stay as they are, every text is neutralised, no value is empty."""
    return _lines([header]) + _lines([_csv_cell(value) for value in row] for row in rows)


def csv_lines(columns: Iterable[Sequence[object]]) -> str:
    """The lines of such a document from its columns, each with values of one type; for tables of many rows."""
    return _lines(zip(*map(_csv_column, columns), strict=True))


def _csv_column(values: Sequence[object]) -> Sequence[object]:
    kind = next((type(value) for value in values if value is not None), None)
    if kind is Decimal:
        return ["" if value is None else f"{value:f}" for value in values]
    if kind is str:
        # Most text columns have few distinct values.
        said = {value: _csv_cell(value) for value in set(values)}
        return [said[value] for value in values]
    return values


def _csv_cell(value: object) -> object:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value:f}"
    # A bare carriage return is not quoted; a spreadsheet begins a row there, whose first cell could be a formula.
    return neutralise(value.replace("\r\n", "\n").replace("\r", "\n")) if isinstance(value, str) else value


def _lines(rows: Iterable[Sequence[object]]) -> str:
    import csv
    import io

    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerows(rows)
    return buffer.getvalue()
