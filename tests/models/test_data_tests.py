"""The dbt tests of the models (grain, values that are always there, intervals) hold on a built warehouse, and can fail."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pytest

from glassbook.settings import Settings
from glassbook.snapshots import Snapshot
from tests.models.dbt_testing import run_dbt_tests


@pytest.fixture
def database(small_snapshot: Snapshot, tmp_path: Path) -> Path:
    """A copy of the snapshot that a test may spoil."""
    copy = tmp_path / "glassbook.duckdb"
    shutil.copyfile(small_snapshot.database, copy)
    return copy


def test_every_data_test_holds(small_home: Settings, database: Path) -> None:
    results = run_dbt_tests(small_home, database, "--select", "test_type:data")
    assert len(results) >= 40
    assert [(r.node.name, r.status, r.message) for r in results if r.status != "pass"] == []


@pytest.mark.parametrize(
    ("spoil", "tests"),
    [
        ("insert into ldg_loans select * from ldg_loans limit 1", {"grain"}),
        ("update ldg_loans set borrower_id = null where loan_id = (select min(loan_id) from ldg_loans)", {"never_null"}),
        ("update ldg_claim_shares set valid_to = valid_from", {"half_open_intervals"}),
    ],
)
def test_a_broken_table_is_found(small_home: Settings, database: Path, spoil: str, tests: set[str]) -> None:
    with duckdb.connect(str(database)) as connection:
        connection.execute(spoil)
    results = run_dbt_tests(
        small_home, database, "--select", "ldg_loans", "ldg_claim_shares", "--exclude", "test_type:unit", "--indirect-selection", "cautious"
    )
    assert {r.node.test_metadata.name for r in results if r.status == "fail"} == tests


OF_ONE = "where user_id = (select min(user_id) from fct_conversion_credits)"


@pytest.mark.parametrize(
    "spoil",
    [
        f"update fct_conversion_credits set markov_share = markov_share + 1 {OF_ONE}",
        f"delete from fct_conversion_credits {OF_ONE}",
        "insert into fct_conversion_credits select * replace (-1 as user_id) from fct_conversion_credits limit 1",
        "insert into fct_conversion_credits select * replace ('another' as channel) from fct_conversion_credits limit 1",
    ],
    ids=["more than one", "not credited", "of no conversion", "twice"],
)
def test_credits_that_do_not_add_up_are_found(small_home: Settings, database: Path, spoil: str) -> None:
    with duckdb.connect(str(database)) as connection:
        connection.execute(spoil)
    selected = ("fct_conversion_credits", "fct_conversions", "--exclude", "test_type:unit", "--indirect-selection", "cautious")
    results = run_dbt_tests(small_home, database, "--select", *selected)
    assert {r.node.test_metadata.name for r in results if r.status == "fail"} == {"whole_credits"}
