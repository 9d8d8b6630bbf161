"""Rows that a source lost: an incremental build computes their loans and people again, and publishes the same as a full build."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from glassbook.snapshots import Snapshot
from ingestion.loading.load import LoadPlan, ingest
from tests.support import homes
from tests.support.changes import small_platform
from tests.support.duckdb_source import run, write_database
from warehouse.build import run_build

LOADED = datetime(2019, 7, 1, 2, tzinfo=UTC)
# In the first step no deleted row belongs to a lender who is computed again as a whole; in the second some do.
FIRST = {
    "repayments": "loan_id = 1 and instalment_no = 5",
    "fees": "loan_id = 2",
    "contracts": "contract_id = 1",
    "custodian_entries": "entry_id = 1",
    "credit_assessments": "assessment_id = 2",
    "investments": "loan_id = 3 and lender_id = 1",
}
SECOND = {
    "instalments": "loan_id = 5 and instalment_no = 6",
    "claim_transfers": "loan_id = 1",
    "web_sessions": "session_id = 1",
    "user_verifications": "verification_id = 1",
    "fund_movements": "movement_id = 1",
}


def touched(snapshot: Snapshot) -> list[int]:
    return sorted(homes.sole_of_build(snapshot, "select list(loan_id) from ldg_touched_loans"))


def test_rows_that_go_and_come_back(tmp_path: Path) -> None:
    settings, file = homes.home(tmp_path / "home"), tmp_path / "source.duckdb"
    p, _ = small_platform()
    for loan in (1, 2):
        p.add("contracts", contract_kind="loan", loan_id=loan, signed_at="2019-01-09 10:00")
    for grade in ("A", "D"):
        p.add("credit_assessments", loan_id=1, credit_grade=grade, assessed_at="2019-01-08 10:00")
    for outcome in ("mobile", "real_name", "income"):
        p.add("user_verifications", user_id=1, verification_kind=outcome, outcome="passed", verified_at="2019-01-02 10:00")
    write_database(p, file)
    ingest(homes.at(settings, LOADED), file)
    run_build(settings)
    run(file, *(f"create table kept_{name} as from {name}" for name in FIRST))

    run(file, *(f"delete from {name} where {which}" for name, which in FIRST.items()))
    load = ingest(homes.at(settings, LOADED + timedelta(days=1)), file, LoadPlan(scope="reconcile"))
    assert {name: table.rows_gone for name, table in load.tables.items() if table.rows_gone} == dict.fromkeys(FIRST, 1)
    first = run_build(settings)
    assert touched(first) == [1, 3], "a build of everything touches all six"
    assert homes.difference(first, homes.rebuilt(settings, tmp_path / "first")) == {}

    back = [f"insert into {name} select * from kept_{name} where {which}" for name, which in FIRST.items()]
    run(file, *back, *(f"delete from {name} where {which}" for name, which in SECOND.items()))
    load = ingest(homes.at(settings, LOADED + timedelta(days=2)), file, LoadPlan(scope="reconcile"))
    assert {name: table.rows_gone for name, table in load.tables.items() if table.rows_gone} == dict.fromkeys(SECOND, 1)
    assert {name: table.rows_new for name, table in load.tables.items() if table.rows_new} == dict.fromkeys(FIRST, 1)
    second = run_build(settings)
    assert touched(second) == [1, 3, 5]
    assert homes.difference(second, homes.rebuilt(settings, tmp_path / "second")) == {}
