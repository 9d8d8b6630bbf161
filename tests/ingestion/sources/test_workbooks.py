"""All cells of a workbook are read, whatever size it declares; a cell without a value is refused with sheet and cell."""

from __future__ import annotations

import csv
import re
import tempfile
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.utils import get_column_letter

from glassbook.errors import InputError
from ingestion.loading.load import ingest
from ingestion.sources.folder.workbooks import TOO_LONG, lines_of_workbook
from tests.ingestion.sources.test_other_files import a_source, workbooks
from tests.support.lake import a_home, refused, rows

SHEET = "xl/worksheets/sheet1.xml"
Change = Callable[[str], str]


def a_book(path: Path, lines: list[list[Any]], **changes: Change) -> Path:
    """A workbook of these lines, of which some parts were changed afterwards: `sheet`, `workbook`."""
    book = openpyxl.Workbook()
    assert book.active is not None
    for number, line in enumerate(lines, 1):
        for column, value in enumerate(line, 1):
            if value is not None:
                book.active.cell(number, column, value)
    book.save(path)
    change(path, **changes)
    return path


def change(path: Path, **changes: Change) -> None:
    """Changes the text of parts of a workbook; every change must change something."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist()}
    for name, edit in changes.items():
        part = SHEET if name == "sheet" else f"xl/{name}.xml"
        before = parts[part]
        parts[part] = edit(before)
        assert parts[part] != before
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, text)


def lines(path: Path) -> list[list[str]]:
    """What is read of a workbook."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "lines.csv"
        lines_of_workbook(path, path, target, frozenset())
        with target.open(encoding="utf-8", newline="") as handle:
            return list(csv.reader(handle))


def refusal(path: Path) -> str:
    with pytest.raises(InputError) as caught:
        lines(path)
    assert caught.value.expected and caught.value.remedy
    return str(caught.value)


def says_it_fills(area: str) -> Change:
    return lambda xml: re.sub(r'<dimension ref="[^"]*" ?/>', f'<dimension ref="{area}"/>', xml)


@pytest.mark.parametrize("area", ["A1:B2", "A1", "A1:A3", "B2:B2", "A1:XFD1048576", "C9:D10"])
def test_what_a_sheet_says_of_its_size_is_not_believed(area: str, tmp_path: Path) -> None:
    content = [["a", "b", "c"], [1, 2, 3], [4, 5, 6]]
    assert lines(a_book(tmp_path / "x.xlsx", content, sheet=says_it_fills(area))) == [[str(v) for v in row] for row in content]
    without = a_book(tmp_path / "y.xlsx", content, sheet=lambda xml: re.sub(r"<dimension [^>]*>", "", xml))
    assert len(lines(without)) == 3


def test_every_row_of_a_load_comes_in_whatever_the_sheet_says(tmp_path: Path) -> None:
    expected, home = a_home(tmp_path / "expected"), a_home(tmp_path / "home")
    ingest(expected, a_source(tmp_path / "good"))
    source = workbooks(a_source(tmp_path / "source"))
    change(source / "users.xlsx", sheet=says_it_fills("A1:D2"))
    ingest(home, source)
    assert rows(home, "users") == rows(expected, "users")


def test_a_row_that_comes_twice_or_out_of_order_is_refused(tmp_path: Path) -> None:
    content = [["a"], [1], [2]]
    twice = a_book(tmp_path / "twice.xlsx", content, sheet=lambda xml: xml.replace('r="3"', 'r="2"').replace('r="A3"', 'r="A2"'))
    assert "row 2 after row 2" in refusal(twice)
    cell = a_book(tmp_path / "cell.xlsx", content, sheet=lambda xml: xml.replace('<c r="A3"', '<c r="A2"'))
    assert "sheet Sheet, A3" in refusal(cell)
    # A cell need not have a position: it follows the one before.
    silent = a_book(tmp_path / "silent.xlsx", content, sheet=lambda xml: re.sub(r' r="A?\d"', "", xml))
    assert lines(silent) == [["a"], ["1"], ["2"]]


ERRORS = ["#N/A", "#REF!", "#DIV/0!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!"]


@pytest.mark.parametrize("error", ERRORS)
def test_an_error_is_no_text(error: str, tmp_path: Path) -> None:
    found = refusal(a_book(tmp_path / "x.xlsx", [["id", "note"], [1, "fine"], [2, error]]))
    assert f"sheet Sheet, B3: found the error {error}" in found


def formula(cell: str, kind: str, result: str) -> Change:
    """A cell made into a formula with the result as it is stored, `kind` being the type that the cell names."""
    return lambda xml: re.sub(rf'<c r="{cell}"[^>]*>.*?</c>', f'<c r="{cell}"{kind}><f>1+1</f>{result}</c>', xml)


@pytest.mark.parametrize(
    ("kind", "result"), [("", ""), ("", "<v/>"), ("", "<v></v>"), (' t="str"', ""), (' t="b"', "<v/>"), (' t="n"', "")]
)
def test_a_formula_without_a_result_is_refused(kind: str, result: str, tmp_path: Path) -> None:
    path = a_book(tmp_path / "x.xlsx", [["id", "note"], [1, "x"]], sheet=formula("B2", kind, result))
    change(path, workbook=lambda xml: xml.replace('fullCalcOnLoad="1"', ""))
    assert "sheet Sheet, B2: found a formula without a stored result" in refusal(path)


def test_a_formula_with_its_result_is_read_unless_the_writer_left_it_to_others(tmp_path: Path) -> None:
    for kind, result, told in (
        ("", "<v>2</v>", "2"),
        (' t="str"', "<v>two</v>", "two"),
        (' t="str"', "<v></v>", ""),
        (' t="b"', "<v>1</v>", "true"),
    ):
        path = a_book(tmp_path / "x.xlsx", [["id", "note"], [1, "x"]], sheet=formula("B2", kind, result))
        # A zero that a writer stores for a formula that was never calculated.
        assert "without a stored result" in refusal(path)
        change(path, workbook=lambda xml: xml.replace('fullCalcOnLoad="1"', ""))
        assert lines(path)[1] == ["1", told]


@pytest.mark.parametrize(
    ("table", "cell", "value"),
    [
        ("users", "A2", 1234567890123456789),
        ("users", "F3", 1234567890123456.0),
        ("repayments", "E2", "=400*1"),
        ("repayments", "K2", "=1/0"),
        ("instalments", "C2", "=DATE(2019,2,2)"),
    ],
)
def test_a_load_is_refused_by_sheet_and_cell_in_every_column(table: str, cell: str, value: Any, tmp_path: Path) -> None:
    source = workbooks(a_source(tmp_path / "source"))
    book = openpyxl.load_workbook(source / f"{table}.xlsx")
    assert book.active is not None
    book.active[cell] = value
    book.save(source / f"{table}.xlsx")
    assert f"{table}.xlsx, sheet Sheet, {cell}: found" in str(refused(a_home(tmp_path / "home"), source))


@pytest.mark.parametrize("number", [TOO_LONG, -TOO_LONG, 1234567890123456789, 1.2345678901234568e18, 1e300])
def test_a_number_of_more_digits_than_a_spreadsheet_keeps_is_refused(number: float, tmp_path: Path) -> None:
    assert "sheet Sheet, A2: found the number" in refusal(a_book(tmp_path / "x.xlsx", [["id"], [number]]))
    for kept in (TOO_LONG - 1, 1 - TOO_LONG, str(TOO_LONG)):
        assert lines(a_book(tmp_path / "y.xlsx", [["id"], [kept]]))[1] == [str(kept)]


def test_a_day_that_no_calendar_has_is_refused(tmp_path: Path) -> None:
    path = a_book(tmp_path / "x.xlsx", [["day"], [date(2019, 1, 2)]], sheet=lambda xml: re.sub(r"<v>43467</v>", "<v>99999999</v>", xml))
    assert "sheet Sheet, A2: found the error" in refusal(path)


def test_rows_that_hold_nothing_are_no_rows_and_places_stay_right(tmp_path: Path) -> None:
    content = [["id", "note"], [1, "x"], [None, None], [" ", ""], [2, "y"], [], [3, "z"]]
    path = a_book(tmp_path / "x.xlsx", content)
    assert lines(path) == [["id", "note"], ["1", "x"], ["2", "y"], ["3", "z"]]
    assert lines_of_workbook(path, path, tmp_path / "out.csv", frozenset()) == [(3, 5), (4, 7)]
    source = workbooks(a_source(tmp_path / "source"))
    book = openpyxl.load_workbook(source / "users.xlsx")
    assert book.active is not None
    book.active.insert_rows(2, 3)
    book.active["A6"] = "n/a"
    book.save(source / "users.xlsx")
    assert "users.xlsx, row 6" in str(refused(a_home(tmp_path / "home"), source))


def test_a_value_in_a_column_without_a_name_is_refused_and_an_empty_column_is_none(tmp_path: Path) -> None:
    assert "D2: found 7 in a column without a name" in refusal(a_book(tmp_path / "x.xlsx", [["a", "b", "c"], [1, 2, 3, 7]]))
    assert "B3: found 'y' in a column without a name" in refusal(a_book(tmp_path / "y.xlsx", [["a", None, "c"], [1, None, 3], [1, "y"]]))
    assert lines(a_book(tmp_path / "z.xlsx", [["a", None, "c"], [1, None, 3]])) == [["a", "c"], ["1", "3"]]
    assert "row 1: found nothing in the first row" in refusal(a_book(tmp_path / "w.xlsx", [[], ["a", "b"], [1, 2]]))


CELLS = st.one_of(
    st.none(),
    st.integers(-(10**17), 10**17),
    st.sampled_from([*ERRORS, "", " ", "x", "=A1+1"]),
    st.text(st.characters(codec="utf-8", exclude_categories=["C"]), max_size=5).filter(lambda text: text not in ERRORS and text[:1] != "="),
)


@settings(max_examples=60, deadline=None)
@given(content=st.lists(st.lists(CELLS, min_size=4, max_size=4), max_size=6), area=st.sampled_from(["A1", "A1:C2", "A1:Z99"]))
def test_whatever_cells_a_sheet_holds_they_are_read_or_named(content: list[list[Any]], area: str) -> None:
    header = ["a", "b", "c"]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.xlsx"
        a_book(path, [header, *content], sheet=says_it_fills(area))

        def is_blank(value: Any) -> bool:
            return value is None or (isinstance(value, str) and not value.strip())

        bad = {
            f"{get_column_letter(column)}{number}"
            for number, row in enumerate(content, 2)
            for column, value in enumerate(row, 1)
            if (isinstance(value, str) and (value in ERRORS or value.startswith("=")))
            or (isinstance(value, int) and abs(value) >= TOO_LONG)
            or (column > len(header) and not is_blank(value))
        }
        if bad:
            named = re.search(r"sheet Sheet, ([A-Z]\d+):", refusal(path))
            assert named and named[1] in bad
        else:
            kept = [["" if v is None else str(v) for v in row[:3]] for row in content if not all(map(is_blank, row))]
            assert [[v.strip() for v in row] for row in lines(path)] == [header, *([v.strip() for v in row] for row in kept)]
