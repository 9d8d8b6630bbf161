"""What both faces share: steps that know no Dagster, and the log of runs, which never fails what is done."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from glassbook import runs
from glassbook.runs import StepRun, recorded
from glassbook.settings import Settings
from tests.support import homes
from warehouse.step import end_of

# Every module that a command reaches: none of them may need what is not installed with the command.
COMMANDS = {
    "ingest": ("ingestion.loading.step", {"dagster", "dagster_dbt", "dbt", "streamlit"}),
    "reconcile": ("ingestion.loading.step", {"dagster", "dagster_dbt", "dbt", "streamlit"}),
    "build": ("warehouse.step", {"dagster", "dagster_dbt", "streamlit"}),
    "file": ("reports.filing.acts.step", {"dagster", "dagster_dbt", "dbt", "streamlit"}),
    "publish": ("reports.site.step", {"dagster", "dagster_dbt", "dbt", "streamlit"}),
    "demo": ("orchestration.commands.demonstration", {"dagster", "dagster_dbt", "streamlit"}),
}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return homes.home(tmp_path / "home", clock_now=datetime(2019, 1, 1, 2, tzinfo=UTC))


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_imports_no_dagster(command: str) -> None:
    module, heavy = COMMANDS[command]
    script = f"import ingestion.commands.ingest, warehouse.commands.build, {module}, sys\n"
    script += "print(*sorted({name.split('.')[0] for name in sys.modules}))"
    imported = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.split()
    assert "ingestion" in imported and not heavy & set(imported)


def logged(settings: Settings) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (settings.home / runs.LOG).read_text(encoding="utf-8").splitlines()]


def test_a_run_is_one_line(settings: Settings) -> None:
    for rows in (1, 2):
        run = StepRun("ingest", {"rows": rows}, {"loans": {"rows_new": rows}})
        assert recorded(settings, run) is run
    assert logged(settings) == [
        {"at": "2019-01-01T02:00:00+00:00", "step": "ingest", "metadata": {"rows": rows}, "parts": {"loans": {"rows_new": rows}}}
        for rows in (1, 2)
    ]


def test_what_a_killed_process_left_spoils_no_other_line(settings: Settings) -> None:
    recorded(settings, StepRun("build", {}))
    with (settings.home / runs.LOG).open("a") as log:
        log.write('{"at": "2019-')
    recorded(settings, StepRun("publish", {}))
    first, torn, last = (settings.home / runs.LOG).read_text(encoding="utf-8").splitlines()
    assert torn == '{"at": "2019-' and [json.loads(line)["step"] for line in (first, last)] == ["build", "publish"]


def test_a_log_that_cannot_be_written_fails_nothing(settings: Settings, caplog: pytest.LogCaptureFixture) -> None:
    (settings.home / runs.LOG).mkdir(parents=True)
    run = StepRun("build", {"snapshot_id": "x"})
    assert recorded(settings, run) is run
    assert runs.LOG in caplog.text and "could not be written" in caplog.text


@pytest.mark.parametrize(
    ("zone", "day", "last"),
    [
        ("Asia/Shanghai", date(2019, 1, 31), datetime(2019, 1, 31, 15, 59, 59, 999999, tzinfo=UTC)),
        ("Europe/Berlin", date(2019, 3, 31), datetime(2019, 3, 31, 21, 59, 59, 999999, tzinfo=UTC)),  # a day of 23 hours
    ],
)
def test_a_day_ends_with_midnight_of_the_platform(zone: str, day: date, last: datetime, settings: Settings) -> None:
    assert end_of(settings.model_copy(update={"timezone": zone}), day) == last
