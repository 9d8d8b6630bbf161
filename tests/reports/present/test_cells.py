"""Text that leaves stays text: no spreadsheet runs it, wherever in it a formula begins, and a CSV reads back as it was."""

from __future__ import annotations

import csv
import io
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.present.cells import csv_lines, csv_text, neutralise

# What a spreadsheet skips before it looks for a formula.
SKIPPED = ("", " ", "\u3000", "\t", "\x00", "\x0b", "\u200b", "\ufeff", "\xad", " \u200b ")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "＝", "＋", "－", "＠"])
def test_what_would_begin_a_formula_is_text(start: str) -> None:
    for skipped in SKIPPED:
        assert neutralise(f"{skipped}{start}1+1").startswith("'"), ascii(skipped)


@pytest.mark.parametrize("text", ["", "李娜", "a=1", "3-1", "\u200b", "（-）"])
def test_other_text_stays_as_it_is(text: str) -> None:
    assert neutralise(text) == text


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n"])
def test_a_line_end_within_a_text_begins_no_row(end: str) -> None:
    written = csv_text(["name", "next"], [[f'王{end}=HYPERLINK("x")', "b"]])
    # Read as spreadsheets do, for which any of the three ends a row.
    rows = list(csv.reader(io.StringIO(written, newline="")))
    assert rows == [["name", "next"], ['王\n=HYPERLINK("x")', "b"]]
    assert "\r" not in written


COLUMNS = (
    st.none() | st.decimals(allow_nan=False, allow_infinity=False, places=12, min_value=-1000, max_value=1000),
    st.none() | st.text(alphabet='=+-@＝ \t\r\n",明a1'),
    st.none() | st.integers(),
    st.none() | st.booleans(),
    st.none() | st.dates(date(1900, 1, 1)),
)


@given(st.lists(st.tuples(*COLUMNS), min_size=1, max_size=8))
def test_columns_make_the_lines_of_their_rows(rows: list[tuple[object, ...]]) -> None:
    assert csv_text(["head"], []) + csv_lines(list(zip(*rows, strict=True))) == csv_text(["head"], rows)


def test_small_amounts_are_written_out_and_formulas_are_held_back() -> None:
    assert csv_lines([[Decimal("1E-12"), None], [None, "=1+1"]]) == "0.000000000001,\n,'=1+1\n"
