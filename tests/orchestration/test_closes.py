"""Closes of days on an instance of Dagster: what is shown is what was really made; past days move no pointer."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from click.testing import CliRunner

from glassbook.catalogue import load_checks
from glassbook.settings import Settings
from glassbook.snapshots import all_snapshots, current_snapshot, find_snapshot
from ingestion.commands.ingest import ingest
from ingestion.contract import load_contract
from ingestion.loading.step import load
from orchestration.build_definitions import build_defs
from orchestration.dbt_translator import SNAPSHOT
from reports.commands.publish import publish
from reports.retention.pruning import prune_after_build
from simulator import simulate
from tests.support import homes
from tests.support.dagster_runs import checked, made, models_made, run_job, temporary_instance
from warehouse.commands.build import build
from warehouse.dbt_runner import Project
from warehouse.dbt_selection import HISTORY_TAG

# Days on which something was known. On the first nothing was built; in the night to the last nothing came.
LOADED_ONLY, FULL, ADDED, NOTHING_NEW = "2019-01-30", "2019-01-31", "2019-02-01", "2019-02-02"
LEDGER = dg.AssetKey(["warehouse", "ldg_loans"])


@dataclass
class Closed:
    """A home after its closes, the runs that made them, by day, and what was current after each."""

    settings: Settings
    instance: dg.DagsterInstance
    runs: dict[str, dg.ExecuteInProcessResult]
    current: dict[str, str]

    def close(self, day: str, job: str, at: str) -> None:
        """One run in the morning of a day."""
        settings = homes.at(self.settings, morning_of(at))
        self.runs[day] = run_job(build_defs(settings=settings), job, self.instance, day)
        assert self.runs[day].success
        self.current[day] = current_snapshot(settings).snapshot_id


def morning_of(day: str) -> datetime:
    return datetime.combine(date.fromisoformat(day), datetime.min.time(), UTC).replace(hour=2)


def simulated(settings: Settings, end: date) -> None:
    shutil.rmtree(settings.platform_dir, ignore_errors=True)
    simulate(settings.platform_dir, 120, 3, homes.START, end, True)


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Closed]:
    settings = homes.home(tmp_path_factory.mktemp("closes") / "home")
    with temporary_instance() as instance:
        home = Closed(settings, instance, {}, {})
        simulated(settings, date(2019, 1, 29))
        load(homes.at(settings, morning_of(LOADED_ONLY)))
        simulated(settings, date(2019, 1, 30))
        home.close(FULL, "daily_close", FULL)
        simulated(settings, date(2019, 1, 31))
        load(homes.at(settings, morning_of(ADDED)))
        home.close(ADDED, "past_close", ADDED)
        home.close(NOTHING_NEW, "past_close", NOTHING_NEW)
        home.close(LOADED_ONLY, "past_close", NOTHING_NEW)
        yield home


@pytest.fixture(scope="module")
def nodes(closed: Closed) -> list[Any]:
    return list(Project(closed.settings).manifest.nodes.values())


def test_the_daily_close_makes_everything_but_the_filings(closed: Closed, nodes: list[Any]) -> None:
    assert set(made(closed.runs[FULL])) == {
        *(f"lake/{name}" for name in load_contract().tables),
        *(f"warehouse/{node.name}" for node in nodes if node.resource_type in ("model", "seed")),
        *("snapshot", "public_site"),
    }
    assert made(closed.runs[FULL])["snapshot"]["snapshot_id"] == closed.current[FULL]


def test_a_model_that_was_not_run_is_not_shown_as_made(closed: Closed, nodes: list[Any]) -> None:
    views = {node.name for node in nodes if node.config.materialized == "view" and node.path.startswith("marts/")}
    left_out = {node.name for node in nodes if node.resource_type == "seed" or node.config.materialized == "table_function"} | views
    kept = {node.name for node in nodes if node.resource_type == "model"} - left_out
    assert models_made(closed.runs[ADDED]) == kept and left_out
    assert closed.instance.get_materialized_partitions(dg.AssetKey(["warehouse", "cn_limits"])) == {FULL, LOADED_ONLY}


def test_a_data_test_that_was_left_out_shows_nothing(closed: Closed, nodes: list[Any]) -> None:
    tests = {node.name: node for node in nodes if node.resource_type == "test"}
    daily = {name for name, test in tests.items() if HISTORY_TAG not in test.tags and not (test.attached_node or "").startswith("seed.")}
    for day, expected in ((FULL, set(tests)), (ADDED, daily)):
        found = {name: passed for (_, name), passed in checked(closed.runs[day]).items() if name in tests}
        assert (set(found) - expected, expected - set(found)) == (set(), set()), day
        assert all(found.values()) and len(daily) < len(tests)


def test_nothing_is_shown_as_made_or_checked_where_there_was_nothing_to_do(closed: Closed) -> None:
    assert set(made(closed.runs[NOTHING_NEW])) == {"snapshot"} and checked(closed.runs[NOTHING_NEW]) == {}
    assert closed.current[NOTHING_NEW] == closed.current[ADDED] != closed.current[FULL]


def test_a_past_day_is_built_as_known_at_its_end_and_moves_no_pointer(closed: Closed) -> None:
    past = made(closed.runs[LOADED_ONLY])["snapshot"]
    assert (past["as_of"], past["known_at"]) == ("2019-01-29", morning_of(LOADED_ONLY).isoformat())
    assert current_snapshot(closed.settings).snapshot_id == closed.current[ADDED] != past["snapshot_id"]
    assert closed.instance.get_materialized_partitions(SNAPSHOT) == {LOADED_ONLY, FULL, ADDED, NOTHING_NEW}
    assert closed.instance.get_materialized_partitions(LEDGER) == {LOADED_ONLY, FULL, ADDED}


def test_a_day_that_was_built_is_backfilled_without_building_again(closed: Closed) -> None:
    definitions = build_defs(settings=homes.at(closed.settings, morning_of(NOTHING_NEW)))
    again = run_job(definitions, "past_close", closed.instance, FULL)
    assert again.success and set(made(again)) == {"snapshot"}
    assert made(again)["snapshot"]["snapshot_id"] == made(closed.runs[FULL])["snapshot"]["snapshot_id"]
    assert current_snapshot(closed.settings).snapshot_id == closed.current[ADDED]


def test_the_next_build_prunes_no_day_that_was_asked_for(closed: Closed, tmp_path: Path) -> None:
    settings = homes.copied(closed.settings, tmp_path / "home").model_copy(update={"keep_snapshots": 1})
    prune_after_build(settings)
    kept = {snapshot.snapshot_id for snapshot in all_snapshots(settings)}
    assert {made(closed.runs[LOADED_ONLY])["snapshot"]["snapshot_id"], closed.current[ADDED]} <= kept


def test_a_day_before_the_first_load_is_no_partition(closed: Closed) -> None:
    days = build_defs(settings=closed.settings).resolve_asset_graph().get(SNAPSHOT).partitions_def
    assert days is not None and days.get_first_partition_key() == LOADED_ONLY


def test_form_rules_say_of_each_supplied_table_how_many_rows_they_hold(closed: Closed) -> None:
    found = {asset: passed for (asset, name), passed in checked(closed.runs[FULL]).items() if name == "GB_F01"}
    supplied = {key for key, metadata in made(closed.runs[FULL]).items() if metadata.get("is_supplied")}
    assert set(found) == supplied and {"lake/loans", "lake/users"} <= supplied
    held = [e for e in closed.runs[FULL].get_asset_check_evaluations() if e.check_name == "GB_F03"]
    assert all(e.passed == (e.metadata["rows_held"].value == 0) for e in held) and held


def test_checks_say_what_the_build_found(closed: Closed) -> None:
    evaluations = {e.check_name: e for e in closed.runs[FULL].get_asset_check_evaluations()}
    assert evaluations["GB_I01"].passed and evaluations["GB_I01"].asset_key.path[-1] == "fct_portfolio_daily"
    failed = {name for name, evaluation in evaluations.items() if not evaluation.passed}
    assert "CN_E08" in failed and not failed & {check.code.replace("-", "_") for check in load_checks() if check.is_blocking}
    assert evaluations["CN_E08"].metadata["findings"].value > 0


def lines(settings: Settings) -> list[dict[str, Any]]:
    """The log of runs, without what differs from one home or moment to another."""
    found = []
    for line in (settings.home / "runs.jsonl").read_text(encoding="utf-8").splitlines():
        run = json.loads(line)
        for record in (run["metadata"], *run["parts"].values()):
            assert record.pop("seconds", 0) >= 0
            record.pop("path", None)
        if run["step"] == "build":
            assert run["metadata"].pop("bytes") > 0
        found.append(run)
    return found


def test_commands_record_the_same_as_dagster(closed: Closed, tmp_path: Path) -> None:
    settings = homes.home(tmp_path / "home")

    def command(called: Any, at: str, *arguments: str) -> None:
        given = {"GLASSBOOK_HOME": str(settings.home), "GLASSBOOK_CLOCK_NOW": morning_of(at).isoformat(), "GLASSBOOK_KEEP_SNAPSHOTS": "50"}
        result = CliRunner(env=given).invoke(called, arguments, catch_exceptions=False)
        assert result.exit_code == 0, result.output

    simulated(settings, date(2019, 1, 29))
    command(ingest, LOADED_ONLY)
    simulated(settings, date(2019, 1, 30))
    command(ingest, FULL)
    command(build, FULL)
    command(publish, FULL, "--out", str(settings.home / "site"))
    mine = lines(settings)
    assert [run["step"] for run in mine] == ["ingest", "ingest", "build", "publish"]
    assert mine == lines(closed.settings)[:4]


def test_what_is_logged_is_what_dagster_shows(closed: Closed) -> None:
    shown = made(closed.runs[FULL])
    logged = [json.loads(line) for line in (closed.settings.home / "runs.jsonl").read_text(encoding="utf-8").splitlines()]
    load_run, build_run, site_run = logged[1:4]
    assert build_run["metadata"] == shown["snapshot"] and site_run["metadata"] == shown["public_site"]
    assert build_run["parts"] == {name: shown[f"warehouse/{name}"] for name in build_run["parts"]}
    for name, part in load_run["parts"].items():
        assert part.items() <= shown[f"lake/{name}"].items()
        assert shown[f"lake/{name}"]["load_seq"] == load_run["metadata"]["load_seq"] == 2
    rows = homes.sole(find_snapshot(closed.settings, closed.current[FULL]), "select count(*) from ldg_loans")
    assert shown["warehouse/ldg_loans"]["rows"] == rows > 0 and build_run["metadata"]["seconds"] > 0
