"""A document in CSV says the same whether it was made of rows or of columns."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from reports.cells import csv_lines, csv_text

COLUMNS = (
    st.none() | st.decimals(allow_nan=False, allow_infinity=False, places=12, min_value=-1000, max_value=1000),
    st.none() | st.text(alphabet='=+-@＝ \t\n",明a1'),
    st.none() | st.integers(),
    st.none() | st.booleans(),
    st.none() | st.dates(date(1900, 1, 1)),
)


@given(st.lists(st.tuples(*COLUMNS), min_size=1, max_size=8))
def test_columns_make_the_lines_of_their_rows(rows: list[tuple[object, ...]]) -> None:
    assert csv_text(["head"], []) + csv_lines(list(zip(*rows, strict=True))) == csv_text(["head"], rows)


def test_small_amounts_are_written_out_and_formulas_are_held_back() -> None:
    assert csv_lines([[Decimal("1E-12"), None], [None, "=1+1"]]) == "0.000000000001,\n,'=1+1\n"
