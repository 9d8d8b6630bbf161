"""What ends a run is shown: the failed check, on its asset, and nothing as made; only an unreachable source is retried."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
import pytest

from glassbook.errors import CheckFailed
from glassbook.runs import StepRun
from glassbook.settings import Settings
from glassbook.snapshots import Snapshot, current_snapshot
from orchestration.assets import warehouse
from orchestration.build_definitions import build_defs
from orchestration.dbt_translator import SNAPSHOT
from tests.orchestration.test_checks_fire import SPOILED
from tests.support import homes
from tests.support.dagster_runs import checked, made, run_job, temporary_instance
from warehouse import build
from warehouse import step as building
from warehouse.dbt_runner import NodeResult, Project

DAY = "2019-01-02"
AT = datetime(2019, 1, 1, 2, tzinfo=UTC)


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[dg.DagsterInstance]:
    """Dagster's own records in a folder, as in service."""
    with temporary_instance(tmp_path) as instance:
        yield instance


def status(instance: dg.DagsterInstance, asset: dg.AssetKey, check: str) -> str:
    """How Dagster's page shows the last run of a check."""
    (last,) = instance.event_log_storage.get_asset_check_execution_history(dg.AssetCheckKey(asset, check), limit=1)
    return last.status.value


def failed_steps(result: dg.ExecuteInProcessResult) -> list[str | None]:
    return [event.step_key for event in result.all_events if event.is_step_failure]


def test_a_blocking_check_that_fails_is_shown_as_failed(
    steady: Snapshot, instance: dg.DagsterInstance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = homes.copied(homes.home(steady.folder.parent.parent), tmp_path / "home")
    before = current_snapshot(settings)
    run_checks = build.run_checks

    def spoiled(connection: duckdb.DuckDBPyConnection, *arguments: Any) -> Any:
        connection.execute(SPOILED["GB-I06"])
        return run_checks(connection, *arguments)

    monkeypatch.setattr(build, "run_checks", spoiled)
    definitions = build_defs(settings=settings)
    day = definitions.resolve_asset_graph().get(SNAPSHOT).partitions_def.get_last_partition_key()  # type: ignore[union-attr]
    result = run_job(definitions, "past_close", instance, day, ops={"warehouse": {"config": {"full": True}}})
    assert not result.success and failed_steps(result) == ["warehouse"]
    repayments, shares = (dg.AssetKey(["warehouse", name]) for name in ("stg_repayments", "ldg_share_changes"))
    assert status(instance, repayments, "GB_I06") == "FAILED"
    assert status(instance, shares, "GB_I02") == "SUCCEEDED"
    evaluations = {(e.asset_key, e.check_name): e for e in result.get_asset_check_evaluations()}
    assert evaluations[repayments, "GB_I06"].blocking and evaluations[repayments, "GB_I06"].metadata["findings"].value == 1
    assert made(result) == {} and instance.get_latest_materialization_event(SNAPSHOT) is None
    assert current_snapshot(settings) == before


def two_tests(settings: Settings) -> list[NodeResult]:
    """What dbt would say of two tests of a table of which one finds two rows."""
    nodes = {node.name: node for node in Project(settings).manifest.nodes.values()}
    names = {"grain_ldg_loans_loan_id": ("pass", 0), "grain_ldg_loan_states_loan_id__valid_from": ("fail", 2)}
    return [
        NodeResult(nodes[name].unique_id, name, "test", status, "", 0.1, findings, "select 1") for name, (status, findings) in names.items()
    ]


def test_a_data_test_that_fails_is_shown_as_failed(tmp_path: Path, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = homes.home(tmp_path / "home", clock_now=AT)

    def failing(settings: Settings, *, on_result: Any, **arguments: Any) -> Snapshot:
        for result in two_tests(settings):
            on_result(result)
        raise CheckFailed("data tests do not hold")

    monkeypatch.setattr(building, "run_build", failing)
    result = run_job(build_defs(settings=settings), "past_close", instance, DAY)
    assert not result.success and made(result) == {}
    assert checked(result) == {
        ("warehouse/ldg_loans", "grain_ldg_loans_loan_id"): True,
        ("warehouse/ldg_loan_states", "grain_ldg_loan_states_loan_id__valid_from"): False,
    }
    assert status(instance, dg.AssetKey(["warehouse", "ldg_loan_states"]), "grain_ldg_loan_states_loan_id__valid_from") == "FAILED"


def test_what_was_made_is_shown_also_where_a_part_was_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = homes.home(tmp_path / "home", clock_now=AT)

    def built(settings: Settings, day: Any, *, on_result: Any, **arguments: Any) -> StepRun:
        for name in ("stg_loans", "ldg_loans"):
            on_result(NodeResult(f"model.glassbook.{name}", name, "model", "success", "", 1.0, None, ""))
        return StepRun("build", {"snapshot_id": "x"}, {name: {"seconds": 1.0} for name in ("stg_loans", "ldg_loans")})

    monkeypatch.setattr(warehouse, "close_day", built)
    loans = dg.AssetKey(["warehouse", "ldg_loans"])
    with temporary_instance() as instance:
        result = run_job(build_defs(settings=settings), "past_close", instance, DAY, only=[loans])
        assert result.success and set(made(result)) == {"warehouse/stg_loans", "warehouse/ldg_loans", "snapshot"}
        assert instance.get_materialized_partitions(dg.AssetKey(["warehouse", "stg_loans"])) == {DAY}


@pytest.mark.parametrize(
    ("source", "attempts", "said"),
    [
        ("postgresql://reader@127.0.0.1:1/platform", 3, "Connection refused"),
        ("no-such-folder", 1, "no such folder"),
        ("mysql://reader@127.0.0.1:1", 1, "an address without a database"),
    ],
)
def test_a_source_that_is_away_is_asked_again_and_bad_input_is_not(source: str, attempts: int, said: str, tmp_path: Path) -> None:
    settings = homes.home(tmp_path / "home", clock_now=AT, source=source)
    definitions = build_defs(settings=settings, retries=dg.RetryPolicy(max_retries=2, delay=0.01))
    with temporary_instance() as instance:
        result = run_job(definitions, "daily_close", instance, DAY)
    assert not result.success and failed_steps(result) == ["lake"] and made(result) == {}
    restarts = [e for e in result.all_events if e.event_type == dg.DagsterEventType.STEP_RESTARTED]
    assert len(restarts) + 1 == attempts
    (failure,) = [event for event in result.all_events if event.is_step_failure]
    assert said in str(failure.step_failure_data.error)
