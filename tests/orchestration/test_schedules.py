"""When jobs run, and for which partition: the nightly close, the weekly reconciliation, the filing on its working day; failures."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

import dagster as dg
import pytest

from glassbook.settings import Settings
from orchestration.build_definitions import build_defs
from orchestration.resources import Announcer
from tests.support import homes
from tests.support.dagster_runs import run_job, temporary_instance

JOBS = {"daily_close", "weekly_reconciliation", "past_close", "monthly_filing"}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return homes.home(tmp_path / "home", clock_now=datetime(2019, 1, 1, 2, tzinfo=UTC))


def tick(settings: Settings, schedule: str, instant: datetime) -> dg.ScheduleExecutionData:
    """What a schedule does at an instant."""
    repository = build_defs(settings=settings).get_repository_def()
    with temporary_instance() as instance:
        context = dg.build_schedule_context(instance=instance, scheduled_execution_time=instant, repository_def=repository)
        return repository.get_schedule_def(schedule).evaluate_tick(context)


def test_jobs_and_schedules_run_in_the_zone_of_the_platform(settings: Settings) -> None:
    for zone in ("Asia/Shanghai", "Asia/Tokyo"):
        repository = build_defs(settings=settings.model_copy(update={"timezone": zone})).get_repository_def()
        assert {job.name for job in repository.get_all_jobs()} >= JOBS
        assert {(s.name, s.cron_schedule, s.execution_timezone) for s in repository.schedule_defs} == {
            ("daily_close_schedule", "30 1 * * *", zone),
            ("weekly_reconciliation_schedule", "30 0 * * 0", zone),
            ("monthly_filing_schedule", "0 9 1-15 * *", zone),
        }
        assert {sensor.name for sensor in repository.sensor_defs} == {"failure_sensor", "deadline_sensor"}


@pytest.mark.parametrize(
    ("schedule", "config"),
    [("daily_close_schedule", {}), ("weekly_reconciliation_schedule", {"ops": {"lake": {"config": {"scope": "reconcile"}}}})],
)
def test_a_close_is_of_the_day_on_which_its_load_comes(schedule: str, config: dict[str, Any], settings: Settings) -> None:
    # Half past one in Shanghai, where it is the day after that of Greenwich.
    (request,) = tick(settings, schedule, datetime(2019, 2, 2, 17, 30, tzinfo=UTC)).run_requests or []
    assert request.partition_key == request.tags["dagster/partition"] == "2019-02-03"
    assert request.run_config == config


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
    found = tick(settings, "monthly_filing_schedule", instant)
    if period is None:
        assert found.run_requests in ([], None) and "working day 2" in (found.skip_message or "")
    else:
        (request,) = found.run_requests or []
        assert (request.run_key, request.partition_key) == (f"filing-{period}", period)


def test_the_filing_comes_once_a_month(settings: Settings) -> None:
    repository = build_defs(settings=settings).get_repository_def()
    schedule = repository.get_schedule_def("monthly_filing_schedule")
    made = []
    with temporary_instance() as instance:
        for offset in range(92):
            at = datetime(2019, 9, 1, 1, tzinfo=UTC) + timedelta(days=offset)
            if at.day > 15:
                continue
            context = dg.build_schedule_context(instance=instance, scheduled_execution_time=at, repository_def=repository)
            made += [(at.day, request.run_key) for request in schedule.evaluate_tick(context).run_requests or []]
    assert made == [(3, "filing-2019-08"), (9, "filing-2019-09"), (4, "filing-2019-10")]


class Kept(Announcer):
    """Keeps announcements in a list of the class: Dagster makes a new resource for each use."""

    told: ClassVar[list[str]] = []

    def announce(self, line: str) -> None:
        self.told.append(line)


def test_a_failure_is_announced(settings: Settings) -> None:
    Kept.told.clear()
    definitions = build_defs(settings=settings, announcer=Kept())
    sensor = definitions.get_repository_def().get_sensor_def("failure_sensor")
    with temporary_instance() as instance:
        result = run_job(definitions, "past_close", instance, "2019-01-01")
        assert not result.success
        with dg.build_run_status_sensor_context(
            sensor_name="failure_sensor",
            dagster_event=result.get_run_failure_event(),
            dagster_instance=instance,
            dagster_run=result.dagster_run,
            resources=definitions.resources,
        ).for_run_failure() as context:
            sensor(context)
    (line,) = Kept.told
    assert line.startswith(f"past_close {result.run_id}: ")
