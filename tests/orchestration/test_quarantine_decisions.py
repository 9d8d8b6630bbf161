"""What a decision on rows in quarantine does to a snapshot: edits, control totals, and what was known when."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from glassbook.settings import Settings
from glassbook.snapshots import Snapshot, connect, current_snapshot
from ingestion import contract
from ingestion.loading.held_rows import Choice, parse_id
from ingestion.loading.load import ingest
from ingestion.quarantine import decisions
from reports.doctor.examining import examine
from reports.figures.reading import read_figures
from reports.filing.declare.regime import load_regime
from reports.filing.make.controls import read_controls
from tests.support import homes
from tests.support.lake import a_platform
from warehouse.build import run_build


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> tuple[Settings, Snapshot, Snapshot]:
    """A home with a snapshot before decisions and one after: of three rows one was accepted, one released, one superseded by a load."""
    folder = tmp_path_factory.mktemp("decisions")
    settings = homes.home(folder / "home")
    p = a_platform()
    p.fee("7.00", "2019-02-01 10:00", kind="parking")
    p.fee("8.00", "2019-02-02 10:00", kind="lunch")
    p.fee("9.00", "2019-02-03 10:00", kind="late fee")
    ingest(settings, p.write(folder / "source"))
    before = run_build(settings)
    p.rows("fees")[3]["fee_kind"] = "late"
    ingest(settings, p.write(folder / "source"))
    decisions.accept(settings, Choice(ids=[parse_id("fees-1-2")]), "Li Na", "lunch is no fee of a customer")
    with pytest.MonkeyPatch.context() as patch:
        table = contract.load_contract().tables["fees"]
        columns = tuple(replace(c, values=None) if c.name == "fee_kind" else c for c in table.columns)
        changed = replace(contract.load_contract(), tables=contract.load_contract().tables | {"fees": replace(table, columns=columns)})
        patch.setattr(decisions, "load_contract", lambda: changed)
        decisions.release(settings, Choice(ids=[parse_id("fees-1-1")]), "Wang Wei", "parking is a fee")
    return settings, before, run_build(settings)


def ask(snapshot: Snapshot, query: str) -> list[tuple[Any, ...]]:
    with connect(snapshot.database) as connection:
        return connection.execute(query).fetchall()


def test_an_accepted_row_no_longer_holds_a_filing_back_and_stays_out(history: tuple[Settings, Snapshot, Snapshot]) -> None:
    _, before, after = history
    outcome = "select outcome, finding_count from chk_outcomes where check_code = 'CN-E13'"
    assert ask(before, outcome) == [("failed", 3)] and ask(after, outcome) == [("passed", 0)]
    assert ask(after, "select amount from stg_fees order by fee_id") == [(Decimal(a),) for a in ("3.21", "7.00", "9.00")]
    message = "select message from chk_findings where check_code = 'GB-F02'"
    assert ask(after, message) == [("value_not_in_list, accepted by Li Na",)], "the rule is still broken, and it is said who accepted that"


def test_control_totals_add_up_and_name_who_accepted(history: tuple[Settings, Snapshot, Snapshot]) -> None:
    _, _, after = history
    regime = load_regime("cn")
    assert after.as_of is not None
    figures = read_figures(after, regime, after.as_of)
    with connect(after.database) as connection:
        controls = read_controls(connection, regime, figures, [])
    assert controls["holds"], controls["broken"]
    assert controls["quarantine"]["rows"] == [
        {"table": "fees", "quarantined": 3, "open": 0, "accepted": 1, "superseded": 1, "released": 1, "difference": 0}
    ]
    (money,) = controls["quarantine"]["money"]
    assert (money["quarantined"], money["accepted"], money["superseded"], money["released"]) == ("24", "8", "9", "7")
    (accepted,) = controls["quarantine"]["accepted"]
    assert (accepted["id"], accepted["by"], accepted["reason"]) == ("fees-1-2", "Li Na", "lunch is no fee of a customer")
    (fees,) = [row for row in controls["rows"] if row["table"] == "fees"]
    assert (fees["new"], fees["quarantined"], fees["released"], fees["difference"]) == (3, 3, 1, 0)


def test_what_was_known_before_the_decisions_is_the_snapshot_of_then(history: tuple[Settings, Snapshot, Snapshot]) -> None:
    settings, before, after = history
    assert before.snapshot_id != after.snapshot_id and after.known_at > before.known_at
    assert run_build(settings, known_at=before.known_at).snapshot_id == before.snapshot_id
    assert current_snapshot(settings).snapshot_id == after.snapshot_id


def test_a_build_from_the_last_snapshot_is_a_build_of_everything(history: tuple[Settings, Snapshot, Snapshot], tmp_path: Path) -> None:
    settings, _, after = history
    assert homes.difference(after, homes.rebuilt(settings, tmp_path / "again")) == {}


def test_the_doctor_counts_what_is_open(history: tuple[Settings, Snapshot, Snapshot], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GLASSBOOK_HOME", str(history[0].home))
    found = {finding.topic: finding for finding in examine()}
    assert found["quarantine"].state == "ok" and "none of 3 row(s) is open" in found["quarantine"].found
    assert found["lake"].state == "ok" and found["drift"].state == "ok"
