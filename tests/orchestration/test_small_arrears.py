"""What a law calls too small to be overdue is a dated row of a seed: from its day on it leaves every figure of that law."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from glassbook.snapshots import Snapshot
from tests.support.edit_platforms import BROKEN_END

BEFORE = BROKEN_END - timedelta(days=1)


@pytest.fixture
def warehouse(broken: Snapshot, tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A copy of a warehouse in which loans are overdue."""
    copy = tmp_path / broken.database.name
    shutil.copyfile(broken.database, copy)
    with duckdb.connect(str(copy)) as connection:
        yield connection


def overdue(connection: duckdb.DuckDBPyConnection, day: date) -> dict[str, Decimal]:
    """Numerators of what is said of overdue loans."""
    codes = ("CN-A14", "CN-A15", "CN-A17", "CN-B01", "CN-B02", "CN-B03", "CN-B04", "CN-B06", "CN-B07")
    query = f"select code, coalesce(numerator, value) from rpt_cn_figures_as_of(date '{day}') where list_contains(?, code)"
    return dict(connection.execute(query, [codes]).fetchall())


def late_loans(connection: duckdb.DuckDBPyConnection, day: date) -> list[tuple[Decimal, int]]:
    """Amount and days of each overdue loan, whatever a law calls small."""
    query = f"select overdue_amount, past_due_days from fct_loans_as_of(date '{day}') where past_due_days > 0 order by 1"
    return connection.execute(query).fetchall()


@pytest.mark.parametrize(("amount", "days"), [("0.50", 0), ("0.49", 0), ("0.00", 105), ("100.00", 112), ("99999999.00", 0)])
def test_a_loan_counts_as_overdue_above_both_limits(warehouse: duckdb.DuckDBPyConnection, amount: str, days: int) -> None:
    first = {day: overdue(warehouse, day) for day in (BEFORE, BROKEN_END)}
    warehouse.execute("insert into cn_small_arrears values (?, ?, ?, 'a later law')", [amount, days, BROKEN_END])
    loans = late_loans(warehouse, BROKEN_END)
    assert len(loans) > 2 and loans[0][0] == Decimal("0.50")
    counted = [(owed, late) for owed, late in loans if owed > Decimal(amount) and late > days]
    found = overdue(warehouse, BROKEN_END)
    assert overdue(warehouse, BEFORE) == first[BEFORE], "not yet in force"
    assert (found["CN-A15"], found["CN-A14"]) == (len(counted), sum(owed for owed, _ in counted))
    assert found["CN-B03"] + found["CN-B04"] == found["CN-A15"]
    assert found["CN-B06"] + found["CN-B07"] == found["CN-A14"]
    [(rows, total)] = warehouse.execute(
        f"select sum(overdue_loans_count), sum(overdue_amount) from rpt_cn_loans_as_of(date '{BROKEN_END}')"
    ).fetchall()
    assert (rows, total) == (found["CN-A15"], found["CN-A14"]), "the loans behind the figure"


def test_nothing_is_too_small_unless_a_law_says_so(warehouse: duckdb.DuckDBPyConnection) -> None:
    assert warehouse.execute("select amount, past_due_days from cn_small_arrears").fetchall() == [(Decimal("0.00"), 0)]
    assert overdue(warehouse, BROKEN_END)["CN-A15"] == len(late_loans(warehouse, BROKEN_END))
