"""The dbt unit tests (rows in, rows out) are named after a behaviour, and a model that is wrong makes them fail."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
import yaml

from glassbook.settings import Settings
from glassbook.snapshots import Snapshot
from tests.models.dbt_testing import run_dbt_tests
from warehouse.dbt_runner import PROJECT_DIR


@pytest.fixture
def database(small_snapshot: Snapshot, tmp_path: Path) -> Path:
    """A copy of the snapshot: dbt takes the types of the given rows' columns from its tables, and no row of it."""
    copy = tmp_path / "glassbook.duckdb"
    shutil.copyfile(small_snapshot.database, copy)
    return copy


def test_a_unit_test_is_named_after_a_behaviour_once() -> None:
    """That all of them hold is what plain `dbt build` says (tests/warehouse/test_plain_dbt.py)."""
    files = {path: yaml.safe_load(path.read_text(encoding="utf-8")) or {} for path in (PROJECT_DIR / "models").rglob("*.yml")}
    tests = [(path, test) for path, written in files.items() for test in written.get("unit_tests", [])]
    names = [test["name"] for _, test in tests]
    assert [name for name in names if not re.fullmatch(r"[a-z]+(_[a-z]+){3,}", name)] == []
    assert sorted(names) == sorted(set(names))
    # Twenty-five awkward cases of the ledger at the least, and both branches of models that a later build adds to.
    assert len([path for path, _ in tests if "ledger" in path.parts]) >= 25
    assert len([test for _, test in tests if test.get("overrides", {}).get("macros", {}).get("is_incremental")]) >= 2


@pytest.mark.parametrize(
    ("model", "right", "wrong", "failing"),
    [
        (
            "ldg_instalment_states",
            "piece_from as valid_from",
            "piece_to as valid_from",
            "a_reversal_reopens_the_instalment_from_its_own_date",
        ),
        ("ldg_share_changes", "paid_at <= transfers", "paid_at < transfers", "a_transfer_at_the_instant_of_a_repayment_comes_after_it"),
        ("fct_loan_assessments", "if not is_anew", "if false", "an_assessment_that_comes_late_never_displaces_a_later_one"),
        (
            "fct_loan_risk",
            "greatest(valid_from, {{ since }} + {{ days + 1 }})",
            "greatest(valid_from, {{ since }} + {{ days }})",
            "any_day_counts_that_the_borrower_is_past_due_and_not_month_ends_alone",
        ),
    ],
)
def test_a_wrong_model_is_found(small_home: Settings, database: Path, model: str, right: str, wrong: str, failing: str) -> None:
    project = database.parent / "project"
    shutil.copytree(PROJECT_DIR, project)
    [path] = project.rglob(f"{model}.sql")
    text = path.read_text(encoding="utf-8")
    assert right in text
    path.write_text(text.replace(right, wrong), encoding="utf-8")
    results = run_dbt_tests(small_home, database, "--select", f"{model},test_type:unit", project=project)
    assert failing in {r.node.name for r in results if r.status == "fail"}
