"""Counts the records of a CSV file without the engine that reads them, so that a record which the engine loses is noticed.

Belongs here: the second count, and where a file breaks the rule that quotes follow. Does not: reading values (`csv_files`).
"""

from __future__ import annotations

import codecs
import csv
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from glassbook.errors import InputError

Bytes = np.ndarray[Any, np.dtype[np.uint8]]

_BLOCK = 1 << 22
_QUOTE, _COMMA, _LINE_FEED, _RETURN = 34, 44, 10, 13
# Per byte: whether a quote may open after it, and whether a quote may have closed before it.
_OPENS = np.zeros(256, bool)
_OPENS[[_COMMA, _LINE_FEED, _RETURN, _QUOTE]] = True


class Counted(NamedTuple):
    """`records`: number of records without empty lines, header included. `is_plain`: every quote is where the rule allows it, so that every
    reader that follows the rule reads the same records."""

    records: int
    is_plain: bool


def count_records(path: Path, named: Path) -> Counted:
    """Counts the records of a CSV file in UTF-8; `named` is what an error calls it.

    Raises InputError, with the line, for a quote that never closes or is followed by something else.
    """
    found = _counted_by_parity(path)
    return Counted(_counted_by_reading(path, named), False) if found is None else Counted(found, True)


def _counted_by_parity(path: Path) -> int | None:
    """Line ends behind an even number of quotes; None where a quote stands in a text without quotes, or the last one is open.

    As long as every odd quote stands where a field begins and every even one where it ends, this is what the rule says. It is some ten
    times as fast as reading fields.
    """
    if not path.stat().st_size:
        return 0
    data = np.memmap(path, np.uint8, "r")
    begin = len(codecs.BOM_UTF8) if bytes(data[:3]) == codecs.BOM_UTF8 else 0
    end_of_line = _LINE_FEED if _has(data, _LINE_FEED) else _RETURN
    quotes, records, last = 0, 0, begin - 1
    for start in range(begin, len(data), _BLOCK):
        block = data[start : start + _BLOCK]
        ends = np.flatnonzero(block == end_of_line)
        places = np.flatnonzero(block == _QUOTE)
        if len(places):
            if not _stand_at_bounds(data, places + start, quotes % 2, begin):
                return None
            before = quotes + np.searchsorted(places, ends)
            ends = ends[before % 2 == 0]
        elif quotes % 2:
            continue
        quotes += len(places)
        if not len(ends):
            continue
        ends = ends + start
        lengths = np.diff(ends, prepend=last) - 1
        is_empty = (lengths == 0) | ((lengths == 1) & (data[ends - 1] == _RETURN))
        records += len(ends) - int(np.count_nonzero(is_empty))
        last = int(ends[-1])
    if quotes % 2:
        return None
    return records + (last < len(data) - 1 and bytes(data[last + 1 : last + 3]) != b"\r")


def _has(data: Bytes, byte: int) -> bool:
    return any((data[start : start + _BLOCK] == byte).any() for start in range(0, len(data), _BLOCK))


def _stand_at_bounds(data: Bytes, places: np.ndarray[Any, Any], is_open: int, begin: int) -> bool:
    """Whether each opening quote is at the start of a field, and each closing quote at the end of one or before another quote."""
    opening, closing = places[is_open::2], places[1 - is_open :: 2]
    before = opening[opening > begin] - 1
    behind = closing[closing < len(data) - 1] + 1
    return bool(_OPENS[data[before]].all() and _OPENS[data[behind]].all())


def _counted_by_reading(path: Path, named: Path) -> int:
    records, line = 0, 1
    with path.open(encoding="utf-8-sig", newline="") as handle:
        reader = csv.reader(handle, strict=True)
        try:
            for values in reader:
                records += bool(values)
                line = reader.line_num + 1
        except csv.Error as error:
            raise _wrong_quote(named, line, str(error)) from error
    return records


def require_one_line_end(path: Path, named: Path) -> None:
    """Raises InputError, with the line, for a file whose lines end in different ways; called for a file that the engine cannot read."""
    first = None
    with path.open("rb") as handle:
        for number, line in enumerate(handle, start=1):
            end = "CR LF" if line.endswith(b"\r\n") else "LF" if line.endswith(b"\n") else None
            first = first or end
            if end not in (None, first):
                raise InputError(
                    found=f"a line that ends in {end}, after lines that end in {first}",
                    where=f"{named}, line {number}",
                    expected="one kind of line end in the whole file, CR LF or LF",
                    remedy="Export the file again; it may have been put together from two files, or edited by hand.",
                )


def _wrong_quote(path: Path, line: int, error: str) -> InputError:
    never = "unexpected end" in error or "field larger" in error
    return InputError(
        found="a quote that nothing closes" if never else f"a quote that is followed by something else ({error})",
        where=f"{path}, line {line}",
        expected="texts with commas, quotes or line ends in double quotes, and a quote within them twice",
        remedy="Export the file again; it may have been cut off, or written by a program that forgets quotes.",
    )
