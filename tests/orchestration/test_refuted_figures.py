"""How a build marks figures that cannot be right for the public, on warehouses with one deliberate error."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest

from glassbook.catalogue import load_checks
from glassbook.snapshots import Snapshot, connect
from warehouse.refuting import write_refuted

NEWEST, BEFORE, YEAR_BEFORE = date(2019, 4, 30), date(2019, 3, 31), date(2018, 4, 30)
ROWS = "select as_of_on, check_code, figure_code, outcome, finding_count from chk_refuted_figures order by all"
AT = "where code = '{}' and as_of_on = date '{}'"


@pytest.fixture
def spoilable(steady: Snapshot, tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A warehouse with nothing wrong that may be written to."""
    copy = tmp_path / steady.database.name
    shutil.copyfile(steady.database, copy)
    copy.chmod(0o644)
    with duckdb.connect(str(copy)) as connection:
        yield connection


@pytest.mark.parametrize(
    ("spoiled", "expected"),
    [
        ("", []),
        ("update rpt_cn_figures set value = -194 " + AT.format("CN-B02", NEWEST), [(NEWEST, "CN-E17", "CN-B02", "failed", 1)]),
        ("update rpt_cn_figures set value = value + 5 " + AT.format("CN-B01", BEFORE), [(BEFORE, "CN-E17", "CN-B01", "failed", 1)]),
        ("update rpt_cn_figures set value = 99999 " + AT.format("CN-A17", YEAR_BEFORE), [(YEAR_BEFORE, "CN-E17", "CN-A17", "failed", 1)]),
        # A day that the page does not show with others is not checked.
        ("update rpt_cn_figures set value = -194 " + AT.format("CN-B02", date(2018, 12, 31)), []),
        ("create or replace macro rpt_cn_edit_e10(as_of_on) as table select 'loan 1' as entity where as_of_on = date '2019-03-31'",
         [(BEFORE, "CN-E10", None, "failed", 1)]),
        ("create or replace macro rpt_cn_edit_e05(as_of_on) as table select 'loan ' || ('n' || as_of_on)::integer as entity",
         [(day, "CN-E05", None, "crashed", 0) for day in (YEAR_BEFORE, BEFORE, NEWEST)]),
    ],
    ids=["nothing", "rate", "month before", "year before", "another month", "a loan's", "crashed"],
)  # fmt: skip
def test_what_is_told_of_figures_that_cannot_be_right(spoilable: duckdb.DuckDBPyConnection, spoiled: str, expected: list[object]) -> None:
    if spoiled:
        spoilable.execute(spoiled)
    write_refuted(spoilable)
    assert spoilable.execute(ROWS).fetchall() == expected


def test_the_public_file_holds_it_and_no_entity(broken: Snapshot) -> None:
    with connect(broken.public_database) as connection:
        found = connection.execute(ROWS).fetchall()
    # Every edit fires on this platform; a loan's finding names no loan here.
    assert {code for _, code, _, _, _ in found} == {check.code for check in load_checks() if check.refutes_figures}
    assert {figure for _, code, figure, _, _ in found if code in ("CN-E05", "CN-E10")} == {None}
    assert not any("loan" in str(row) for row in found)


def test_before_anything_was_lent_no_figure_can_be_missing(steady: Snapshot) -> None:
    """A filing of such a month would never be rid of the finding, and would hold back every later one."""
    query = "select count(*) from rpt_cn_edit_e17(cast(? as date)) where message like 'no figures are stored%'"
    with connect(steady.database) as connection:
        [(first,)] = connection.execute("select min(as_of_on) from rpt_cn_figures").fetchall()
        counts = [
            connection.execute(query, [day]).fetchall()
            for day in (first.replace(day=1) - timedelta(days=1), first, first + timedelta(days=1))
        ]
    assert counts == [[(0,)], [(0,)], [(1,)]]
