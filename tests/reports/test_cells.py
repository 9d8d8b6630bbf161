"""Text that leaves stays text: no spreadsheet runs it, wherever in it a formula begins, and a CSV reads back as it was."""

from __future__ import annotations

import csv
import io

import pytest

from reports.cells import csv_text, neutralise

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
