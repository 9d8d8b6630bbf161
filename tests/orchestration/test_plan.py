"""What dbt made of the models is run again without dbt, publishes the same, and is kept only for as long as it would come out the same."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from glassbook.settings import Settings
from glassbook.snapshots import current_snapshot
from ingestion.load import ingest
from orchestration import build
from orchestration.build import run_build
from orchestration.dbt_runner import plan_key
from orchestration.plan import BuildFailed, ModelResult, Plan, Step, known_plan, run_plan
from tests.support import homes
from tests.support.changes import small_platform
from tests.support.platform import Platform

LOADED = datetime(2019, 7, 1, 2, tzinfo=UTC)


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> tuple[Settings, Platform, list[int]]:
    """A home of two loads in which dbt made a full build and a later one, so that plans of both are kept."""
    folder = tmp_path_factory.mktemp("planned")
    p, loans = small_platform()
    settings = homes.home(folder / "home")
    ingest(homes.at(settings, LOADED), p.write(folder / "first"))
    run_build(settings)
    p.repay(loans[4], 2, "2019-05-10 10:00", "1000.00", "60.00", created_at="2019-06-30 10:00")
    ingest(homes.at(settings, LOADED + timedelta(days=1)), p.write(folder / "second"))
    run_build(settings)
    return settings, p, loans


@pytest.fixture
def without_dbt(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build, "run_dbt", lambda *_, **__: pytest.fail("dbt was started"))


def with_plans(settings: Settings, folder: Path) -> Settings:
    """A home with the same lake and plans and no snapshot."""
    copy = homes.copied(settings, folder, lake_only=True)
    shutil.copytree(settings.builds_dir / "plans", copy.builds_dir / "plans")
    return copy


@pytest.mark.usefixtures("without_dbt")
def test_builds_of_the_same_code_start_no_dbt_and_publish_the_same(planned: tuple[Settings, Platform, list[int]], tmp_path: Path) -> None:
    settings, _, _ = planned
    copy = with_plans(settings, tmp_path / "home")
    told: list[ModelResult] = []
    first = run_build(copy, known_at=LOADED, on_model=told.append)
    assert {"ldg_loans", "stg_web_sessions", "channel_rules", "rpt_cn_figures_as_of"} <= {model.name for model in told}
    full = run_build(copy, full=True)
    assert homes.difference(full, current_snapshot(settings)) == {}
    # The later build too: from the snapshot of the first load on.
    shutil.rmtree(full.folder)
    (copy.snapshots_dir / "CURRENT").write_text(first.snapshot_id + "\n", encoding="utf-8")
    told.clear()
    later = run_build(copy, on_model=told.append)
    assert "rpt_cn_figures_as_of" not in {model.name for model in told}
    assert homes.sole(later, "select count(*) from ldg_touched_loans") == 1
    assert homes.difference(later, current_snapshot(settings)) == {}


def test_other_answers_ask_for_another_plan(planned: tuple[Settings, Platform, list[int]], tmp_path: Path) -> None:
    settings, p, _ = planned
    settings, p = homes.copied(settings, tmp_path / "home"), p.copy()
    p.add("campaigns", code="summer", name="Summer", campaign_kind="paid_search", starts_on=date(2019, 6, 1), updated_at="2019-06-30 10:00")
    plans = settings.builds_dir / "plans"
    before = sorted(plans.rglob("*.json"))
    ingest(homes.at(settings, LOADED + timedelta(days=2)), p.write(tmp_path / "third"))
    snapshot = run_build(settings)
    assert homes.difference(snapshot, homes.rebuilt(settings, tmp_path / "anew")) == {}
    assert len(sorted(plans.rglob("*.json"))) == len(before) + 1


def test_other_code_asks_for_another_plan(planned: tuple[Settings, Platform, list[int]]) -> None:
    settings, _, _ = planned
    with duckdb.connect(str(current_snapshot(settings).database), read_only=True) as connection:
        assert known_plan(settings, plan_key() + "x", connection) is None


def test_a_plan_that_was_cut_short_is_made_again(planned: tuple[Settings, Platform, list[int]], tmp_path: Path) -> None:
    settings, _, _ = planned
    copy = with_plans(settings, tmp_path / "home")
    for path in (copy.builds_dir / "plans").rglob("*.json"):
        path.write_text(path.read_text(encoding="utf-8")[:1000], encoding="utf-8")
    assert homes.difference(run_build(copy), current_snapshot(settings)) == {}
    assert any(
        json.loads(path.read_text(encoding="utf-8")) for path in (copy.builds_dir / "plans").rglob("*.json") if path.stat().st_size > 1000
    )


@pytest.mark.usefixtures("without_dbt")
def test_a_model_that_fails_is_named_and_the_snapshot_in_force_stays(planned: tuple[Settings, Platform, list[int]], tmp_path: Path) -> None:
    settings, _, _ = planned
    settings = homes.copied(settings, tmp_path / "home")
    before = current_snapshot(settings)
    for path in (settings.builds_dir / "plans").rglob("*.json"):
        kept: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        for step in kept["steps"]:
            if step["name"] == "ldg_plans":
                step["statements"].append("select no_such_column from stg_loans")
        path.write_text(json.dumps(kept), encoding="utf-8")
    with pytest.raises(BuildFailed, match=r"(?s)ldg_plans: error: .*no_such_column"):
        run_build(settings, full=True)
    assert current_snapshot(settings) == before


@pytest.mark.parametrize("threads", [1, 2, 5])
def test_a_step_comes_after_what_it_reads(threads: int) -> None:
    steps = (
        Step("c", ("create table c as select max(x) as x from b",), ("b",), 0.1),
        Step("a", ("create table a as select 1 as x", "insert into a values (2)"), (), 0.1),
        Step("b", ("create table b as select x + 1 as x from a",), ("a",), 0.1),
        Step("alone", ("create table alone as select 1 as x",), (), 9.0),
    )
    with duckdb.connect() as connection:
        done = [model.name for model in run_plan(Plan((), steps, {}), connection, threads)]
        assert connection.execute("select x from c").fetchall() == [(3,)]
    assert sorted(done) == ["a", "alone", "b", "c"]
    assert done.index("a") < done.index("b") < done.index("c")
    assert threads > 1 or done[0] == "alone", "what takes longest begins first"
