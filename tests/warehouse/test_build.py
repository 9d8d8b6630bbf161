"""What a build does besides its figures: `--full` really builds, data tests hold a snapshot back, those of the history run once a week."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from glassbook.disk import file_digest
from glassbook.errors import CheckFailed
from glassbook.settings import Settings
from glassbook.snapshots import MANIFEST, Snapshot, connect, current_snapshot
from ingestion.loading.load import ingest
from tests.support import homes
from tests.support.changes import small_platform
from tests.support.platform import Platform
from tests.support.whole_builds import whole_builds
from warehouse import dbt_runner
from warehouse.build import run_build
from warehouse.checks import CheckOutcome
from warehouse.dbt_runner import PROJECT_DIR, BuildFailed, NodeResult

LOADED = datetime(2019, 7, 1, 2, tzinfo=UTC)
HISTORY_TEST, DAY_TEST = "grain_ldg_loans_loan_id", "grain_rpt_cn_figures_as_of_on__code"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Settings, Platform, list[int]]:
    """A home in which a small platform was loaded and built."""
    p, loans = small_platform()
    folder = tmp_path_factory.mktemp("built")
    # Of every model, as a full build of it is that is compared with it.
    with whole_builds():
        return homes.built_by_hand(p, folder, LOADED), p, loans


@pytest.fixture
def home(built: tuple[Settings, Platform, list[int]], tmp_path: Path) -> Settings:
    """A copy of it, which a test may change."""
    return homes.copied(built[0], tmp_path / "home")


def spoil(snapshot: Snapshot, statement: str, *, tell: bool) -> None:
    """Changes a published file; with `tell` the manifest is changed to agree."""
    snapshot.database.chmod(0o644)
    with duckdb.connect(str(snapshot.database)) as connection:
        connection.execute(statement)
    if tell:
        manifest = snapshot.manifest | {"files": snapshot.manifest["files"] | {snapshot.database.name: file_digest(snapshot.database)}}
        (snapshot.folder / MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")


def test_a_full_build_runs_every_model_and_keeps_what_is_published(home: Settings) -> None:
    before = current_snapshot(home)
    bytes_before = before.database.read_bytes()
    told: list[NodeResult | CheckOutcome] = []
    assert run_build(home, full=True, on_result=told.append).snapshot_id == before.snapshot_id
    assert {"ldg_loans", "stg_web_sessions", "channel_rules", "rpt_cn_figures_as_of", HISTORY_TEST, DAY_TEST} <= {
        r.name for r in told if isinstance(r, NodeResult)
    }
    assert current_snapshot(home).database.read_bytes() == bytes_before
    # Checks of the catalogue and data tests are one list.
    with connect(before.database) as connection:
        listed = dict(connection.execute("select check_code, outcome from chk_outcomes").fetchall())
    assert {HISTORY_TEST: "passed", DAY_TEST: "passed", "GB-I01": "passed"}.items() <= listed.items()


def test_rows_that_differ_are_named_and_nothing_is_published(home: Settings) -> None:
    before = current_snapshot(home)
    spoil(
        before,
        "update stg_fees set amount = amount + 1; delete from ldg_loans where loan_id = (select min(loan_id) from ldg_loans)",
        tell=True,
    )
    with pytest.raises(CheckFailed, match=r"tables that differ: ldg_loans, stg_fees\n"):
        run_build(home, full=True)
    assert current_snapshot(home).snapshot_id == before.snapshot_id
    assert CheckFailed.exit_code == 1


@pytest.mark.parametrize("full", [False, True])
def test_a_published_file_that_is_not_as_it_was_is_named_and_made_again(
    home: Settings, full: bool, caplog: pytest.LogCaptureFixture
) -> None:
    before = current_snapshot(home)
    fees = homes.sole(before, "select sum(amount) from stg_fees")
    spoil(before, "update stg_fees set amount = amount + 1", tell=False)
    after = run_build(home, full=full)
    assert (after.snapshot_id, homes.sole(after, "select sum(amount) from stg_fees")) == (before.snapshot_id, fees)
    kept = home.snapshots_dir / "damaged" / f"{before.snapshot_id}-1"
    assert str(before.database) in caplog.text and str(kept) in caplog.text and (kept / before.database.name).is_file()


def test_the_order_of_rows_is_no_difference(home: Settings) -> None:
    order = "create table other as from stg_repayments order by repayment_id desc; drop table stg_repayments; "
    order += "alter table other rename to stg_repayments"
    spoil(current_snapshot(home), order, tell=True)
    assert run_build(home, full=True).snapshot_id == current_snapshot(home).snapshot_id


def test_tests_of_the_history_run_once_a_week(built: tuple[Settings, Platform, list[int]], home: Settings, tmp_path: Path) -> None:
    _, p, loans = built
    p = p.copy()
    ran: dict[int, set[str]] = {}
    for days in (1, 8):
        p.repay(loans[4], 2, "2019-05-10 10:00", f"{days}.00", "0.00", created_at=f"2019-07-0{days} 01:00")
        ingest(homes.at(home, LOADED + timedelta(days=days)), p.write(tmp_path / f"day-{days}"))
        told: list[NodeResult | CheckOutcome] = []
        run_build(home, on_result=told.append)
        ran[days] = {result.name for result in told if isinstance(result, NodeResult) and result.kind == "test"}
    assert DAY_TEST in ran[1] and HISTORY_TEST not in ran[1]
    assert {DAY_TEST, HISTORY_TEST} <= ran[8]


def test_a_data_test_that_finds_something_holds_the_snapshot_back(home: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = tmp_path / "project"
    shutil.copytree(PROJECT_DIR, project)
    (project / "tests" / "no_loan_is_large.sql").write_text(
        "select loan_id, amount from {{ ref('ldg_loans') }} where amount > 0", encoding="utf-8"
    )
    monkeypatch.setattr(dbt_runner, "PROJECT_DIR", project)
    before = current_snapshot(home)
    with pytest.raises(CheckFailed, match=r"(?s)no_loan_is_large failed: Got \d+ results.*\n    \(\d+, Decimal"):
        run_build(home, full=True)
    assert current_snapshot(home) == before


def test_a_model_that_fails_is_named_and_the_snapshot_in_force_stays(
    home: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = tmp_path / "project"
    shutil.copytree(PROJECT_DIR, project)
    (project / "models" / "ledger" / "ldg_plans.sql").write_text("select no_such_column from {{ ref('stg_loans') }}", encoding="utf-8")
    monkeypatch.setattr(dbt_runner, "PROJECT_DIR", project)
    before = current_snapshot(home)
    with pytest.raises(BuildFailed, match=r"(?s)ldg_plans: error: .*no_such_column"):
        run_build(home, full=True)
    assert current_snapshot(home) == before
