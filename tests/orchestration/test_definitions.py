"""What Dagster opens: assets with groups and checks, jobs, schedules on working days, a sensor that announces failures."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from glassbook.catalogue import load_checks
from glassbook.errors import InputError
from glassbook.settings import Settings
from glassbook.snapshots import current_snapshot
from ingestion.simulator import simulate
from orchestration.assets import FILING, LAKE, PUBLIC_SITE, SNAPSHOT
from orchestration.build_definitions import build_defs
from orchestration.run import materialize
from tests.support import homes
from warehouse.dbt_runner import PROJECT_DIR


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return homes.home(tmp_path / "home", clock_now=datetime(2019, 2, 1, 2, tzinfo=UTC))


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Settings, dg.ExecuteInProcessResult]]:
    """The daily close, in process, on a tiny platform."""
    settings = homes.home(tmp_path_factory.mktemp("daily") / "home", clock_now=datetime(2019, 2, 1, 2, tzinfo=UTC))
    simulate(settings.platform_dir, 120, 3, homes.START, date(2019, 1, 31), True)
    with dg.DagsterInstance.ephemeral() as instance:
        job = build_defs(settings=settings).resolve_job_def("daily_close")
        yield settings, job.execute_in_process(instance=instance, run_config=QUIET)


QUIET: dict[str, Any] = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


def graph(settings: Settings) -> Any:
    return build_defs(settings=settings).get_repository_def().asset_graph


def metadata(result: dg.ExecuteInProcessResult) -> dict[str, dict[str, Any]]:
    """Metadata of every materialization, by the last part of the asset's key."""
    found = {}
    for event in result.get_asset_materialization_events():
        made = event.step_materialization_data.materialization
        found[made.asset_key.path[-1]] = {name: value.value for name, value in made.metadata.items()}
    return found


def test_each_stop_of_the_data_is_a_group(settings: Settings) -> None:
    groups: dict[str, set[str]] = {}
    assets = graph(settings)
    for key in assets.materializable_asset_keys:
        groups.setdefault(assets.get(key).group_name, set()).add(key.path[-1])
    assert {"lake", "staging", "ledger", "marts", "snapshot", "filing", "public"} <= set(groups)
    models = {path.stem for path in (PROJECT_DIR / "models").rglob("*.sql")}
    assert models <= set().union(*groups.values())


def test_the_data_goes_one_way(settings: Settings) -> None:
    assets = graph(settings)
    assert assets.get(LAKE).parent_keys == set()
    assert LAKE in assets.get(dg.AssetKey(["warehouse", "stg_loans"])).parent_keys
    assert dg.AssetKey(["warehouse", "stg_loans"]) in assets.get(dg.AssetKey(["warehouse", "ldg_loans"])).parent_keys
    for key in (FILING, PUBLIC_SITE):
        assert assets.get(key).parent_keys == {SNAPSHOT}


def test_every_check_of_the_catalogue_is_an_asset_check(settings: Settings) -> None:
    checks = {key.name for key in graph(settings).asset_check_keys}
    assert checks == {check.code.replace("-", "_") for check in load_checks()}


def test_jobs_and_schedules_run_in_the_zone_of_the_platform(settings: Settings) -> None:
    for zone in ("Asia/Shanghai", "Asia/Tokyo"):
        repository = build_defs(settings=settings.model_copy(update={"timezone": zone})).get_repository_def()
        assert {"daily_close", "weekly_reconciliation", "monthly_filing"} <= {job.name for job in repository.get_all_jobs()}
        assert {(s.name, s.execution_timezone) for s in repository.schedule_defs} == {
            ("daily_close_schedule", zone),
            ("weekly_reconciliation_schedule", zone),
            ("monthly_filing_schedule", zone),
        }
        assert {sensor.name for sensor in repository.sensor_defs} == {"failure_sensor", "deadline_sensor"}


@pytest.mark.parametrize(
    ("instant", "period"),
    [
        (datetime(2019, 1, 3, 1, tzinfo=UTC), "2018-12"),  # 2 January is the first working day
        (datetime(2019, 2, 2, 1, tzinfo=UTC), "2019-01"),  # a Saturday that is worked
        (datetime(2019, 10, 9, 1, tzinfo=UTC), "2019-09"),  # after the national holiday
        (datetime(2019, 10, 2, 1, tzinfo=UTC), None),
        (datetime(2019, 2, 3, 1, tzinfo=UTC), None),
        (datetime(2019, 1, 2, 1, tzinfo=UTC), None),
        (datetime(2019, 1, 2, 16, 30, tzinfo=UTC), "2018-12"),  # the 3rd in Shanghai
    ],
)
def test_the_filing_waits_for_its_working_day(instant: datetime, period: str | None, settings: Settings) -> None:
    schedule = build_defs(settings=settings).get_repository_def().get_schedule_def("monthly_filing_schedule")
    with dg.DagsterInstance.ephemeral() as instance:
        tick = schedule.evaluate_tick(dg.build_schedule_context(instance=instance, scheduled_execution_time=instant))
    if period is None:
        assert tick.run_requests in ([], None) and "working day 2" in (tick.skip_message or "")
    else:
        (request,) = tick.run_requests or []
        assert request.run_key == f"filing-{period}"
        assert request.run_config["ops"]["filing"]["config"] == {"regime": "cn", "period": period}


def test_the_filing_comes_once_a_month(settings: Settings) -> None:
    schedule = build_defs(settings=settings).get_repository_def().get_schedule_def("monthly_filing_schedule")
    made = []
    with dg.DagsterInstance.ephemeral() as instance:
        for offset in range(92):
            at = datetime(2019, 9, 1, 1, tzinfo=UTC) + timedelta(days=offset)
            if at.day > 15:
                continue
            tick = schedule.evaluate_tick(dg.build_schedule_context(instance=instance, scheduled_execution_time=at))
            made += [(at.day, request.run_key) for request in tick.run_requests or []]
    assert made == [(3, "filing-2019-08"), (9, "filing-2019-09"), (4, "filing-2019-10")]


def test_a_failure_is_announced(settings: Settings) -> None:
    announced: list[str] = []
    definitions = build_defs(settings=settings, announce=announced.append)
    sensor = definitions.get_repository_def().get_sensor_def("failure_sensor")
    with dg.DagsterInstance.ephemeral() as instance:
        job = definitions.resolve_job_def("daily_close")
        result = job.execute_in_process(instance=instance, raise_on_error=False, run_config=QUIET)
        assert not result.success
        context = dg.build_run_status_sensor_context(
            sensor_name="failure_sensor",
            dagster_event=result.get_run_failure_event(),
            dagster_instance=instance,
            dagster_run=result.dagster_run,
        ).for_run_failure()
        sensor(context)
    (line,) = announced
    assert line.startswith(f"daily_close {result.run_id}: ")


def test_resources_can_be_replaced(settings: Settings) -> None:
    mine = dg.ResourceDefinition.hardcoded_resource("mine")
    assert build_defs(settings=settings, another=mine).resources["another"] is mine  # type: ignore[index]


def test_the_daily_close_makes_everything_but_the_filing(run: tuple[Settings, dg.ExecuteInProcessResult]) -> None:
    settings, result = run
    assert result.success
    made = metadata(result)
    assert {"lake", "snapshot", "public_site", "rpt_cn_figures", "ldg_loans", "stg_loans"} <= set(made)
    assert "filing" not in made
    assert Path(made["public_site"]["path"]).is_file()
    assert made["snapshot"]["snapshot_id"] == current_snapshot(settings).snapshot_id


def test_assets_say_rows_sums_seconds_and_bytes(run: tuple[Settings, dg.ExecuteInProcessResult]) -> None:
    settings, result = run
    made = metadata(result)
    load, snapshot = made["lake"], made["snapshot"]
    assert load["rows_read"] >= load["rows_new"] > 0 and load["bytes"] > 0 and load["seconds"] > 0
    assert set(load["money_sums"]["loans"]["amount"]) == {"read", "new", "unchanged", "duplicate", "quarantined"}
    assert snapshot["bytes"] == current_snapshot(settings).database.stat().st_size
    for name in ("stg_loans", "ldg_loans", "rpt_cn_figures"):
        assert made[name]["rows"] == homes.sole(current_snapshot(settings), f"select count(*) from {name}")
        assert made[name]["seconds"] >= 0


def test_asset_checks_say_what_the_build_found(run: tuple[Settings, dg.ExecuteInProcessResult]) -> None:
    _, result = run
    evaluations = {e.check_name: e for e in result.get_asset_check_evaluations()}
    assert set(evaluations) == {check.code.replace("-", "_") for check in load_checks()}
    assert evaluations["GB_I01"].passed
    failed = {name for name, evaluation in evaluations.items() if not evaluation.passed}
    assert failed and not failed & {check.code.replace("-", "_") for check in load_checks() if check.is_blocking}
    assert evaluations["CN_E11"].severity == dg.AssetCheckSeverity.WARN
    assert evaluations["GB_F03"].severity == dg.AssetCheckSeverity.ERROR


def test_the_command_line_sees_the_error_as_it_was_raised(settings: Settings) -> None:
    with pytest.raises(InputError, match="no load"):
        materialize(settings, None, "warehouse", {"full": False, "known_at": ""})
