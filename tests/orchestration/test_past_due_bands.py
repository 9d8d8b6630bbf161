"""Ranges of days past due are dated rows of a seed: another row moves loans between figures, from its day on and not before."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from glassbook.catalogue import load_metrics
from glassbook.snapshots import Snapshot
from reports.figures.rows import adds_up, row_sums
from tests.support.edit_platforms import BROKEN_END

# One loan has been past due for 112 days.
BEFORE = BROKEN_END - timedelta(days=1)
COUNTS = {"over_90": "CN-A17", "overdue_1_90": "CN-B03", "overdue_91_180": "CN-B04", "overdue_over_180": "CN-B05"}
AMOUNTS = {"over_90": "CN-A16", "overdue_1_90": "CN-B06", "overdue_91_180": "CN-B07", "overdue_over_180": "CN-B08"}


@pytest.fixture
def warehouse(broken: Snapshot, tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A copy of a warehouse in which loans are overdue."""
    copy = tmp_path / broken.database.name
    shutil.copyfile(broken.database, copy)
    with duckdb.connect(str(copy)) as connection:
        yield connection


def numerators(connection: duckdb.DuckDBPyConnection, day: date) -> dict[str, Decimal]:
    """What each figure adds up."""
    query = f"select code, coalesce(numerator, value) from rpt_cn_figures_as_of(date '{day}')"
    return dict(connection.execute(query).fetchall())


def days_past_due(connection: duckdb.DuckDBPyConnection, day: date) -> list[int]:
    """Of each loan past due."""
    query = f"select past_due_days from fct_loans_as_of(date '{day}') where past_due_days > 0 order by 1 desc"
    return [days for (days,) in connection.execute(query).fetchall()]


def test_a_figure_follows_the_row_in_force(warehouse: duckdb.DuckDBPyConnection) -> None:
    longest = days_past_due(warehouse, BROKEN_END)[0]
    assert 91 < longest <= 180
    first = {day: numerators(warehouse, day) for day in (BEFORE, BROKEN_END)}
    assert all(first[day][code] > 0 for day in first for code in ("CN-A16", "CN-A17", "CN-B04", "CN-B07"))
    for band, low, high in (("over_90", longest + 1, None), ("overdue_91_180", 91, longest - 1), ("overdue_over_180", longest, None)):
        row = [band, low, high, BROKEN_END, "a later law"]
        warehouse.execute("insert into cn_past_due_bands values (?, ?, ?, ?, ?)", row)
    assert numerators(warehouse, BEFORE) == first[BEFORE], "not yet in force"
    found = numerators(warehouse, BROKEN_END)
    assert found["CN-A17"] == found["CN-A16"] == found["CN-B04"] == found["CN-B07"] == 0
    assert {code: found[code] for code in ("CN-B05", "CN-B08", "CN-B03", "CN-B06")} == {
        "CN-B05": first[BROKEN_END]["CN-B04"],
        "CN-B08": first[BROKEN_END]["CN-B07"],
        "CN-B03": first[BROKEN_END]["CN-B03"],
        "CN-B06": first[BROKEN_END]["CN-B06"],
    }


def test_the_loans_behind_a_figure_follow_it_too(warehouse: duckdb.DuckDBPyConnection) -> None:
    warehouse.execute(f"insert into cn_past_due_bands values ('overdue_1_90', 100, 120, date '{BROKEN_END}', 'a later law')")
    metrics = [metric for metric in load_metrics("cn") if metric.code in {*COUNTS.values(), *AMOUNTS.values()}]
    found, sums = numerators(warehouse, BROKEN_END), row_sums(warehouse, metrics, BROKEN_END)
    assert found["CN-B03"] == sum(100 <= days <= 120 for days in days_past_due(warehouse, BROKEN_END)) > 0
    assert [metric.code for metric in metrics if not adds_up(sums[metric.code].rows, sums[metric.code].total, found[metric.code])] == []


def test_a_range_without_a_row_holds_no_loan(warehouse: duckdb.DuckDBPyConnection) -> None:
    warehouse.execute("delete from cn_past_due_bands where band_code = 'overdue_91_180'")
    found = numerators(warehouse, BROKEN_END)
    assert found["CN-B04"] == found["CN-B07"] == 0
    warehouse.execute("delete from cn_past_due_bands")
    found = numerators(warehouse, BROKEN_END)
    assert {found[code] for code in (*COUNTS.values(), *AMOUNTS.values())} == {0}


def test_a_project_is_disclosed_at_once_from_the_day_that_the_row_names(warehouse: duckdb.DuckDBPyConnection) -> None:
    at_once = "select count(*) from rpt_cn_projects_as_of(date '{}') where disclosure_frequency_code = 'at_once'"
    before = [warehouse.execute(at_once.format(day)).fetchall() for day in (BEFORE, BROKEN_END)]
    warehouse.execute(f"insert into cn_past_due_bands values ('doubtful', 1000, null, date '{BROKEN_END}', 'a later law')")
    assert warehouse.execute(at_once.format(BEFORE)).fetchall() == before[0]
    assert warehouse.execute(at_once.format(BROKEN_END)).fetchall() < before[1]
